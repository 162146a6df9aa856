import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";

export interface UnfoldParameters extends WriteParameters {
  readonly taskId: Hex;
  readonly fold: Fold;
}

export type UnfoldReturnType = WriteResult;

/** What {@link unfold} throws. */
export type UnfoldErrorType = DecoContractError | DecoUsageError;

/**
 * Gives the seats of a folded task words of their own, which every call needs but `commitFolded` and
 * `settleFolded`; from any account.
 * @throws DecoContractError `FoldMismatch`.
 */
export async function unfold(
  client: DecoClient,
  parameters: UnfoldParameters,
): Promise<UnfoldReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { taskId, fold } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "unfold",
    args: [taskId, { ...fold, roster: [...fold.roster], seats: [...fold.seats] }],
  });
  return await sendCall(client, parameters, { to: market, data });
}
