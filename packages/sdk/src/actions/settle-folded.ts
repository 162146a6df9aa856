import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";
import type { Opening, Request } from "../request.ts";

export interface SettleFoldedParameters extends WriteParameters {
  readonly request: Request;
  /** As it is after its commitments; see `getFold`. */
  readonly fold: Fold;
  readonly opening: Opening;
  /** By the roster. */
  readonly salts: readonly Hex[];
}

export interface SettleFoldedReturnType extends WriteResult {
  readonly result: Hex;
  /** Base units credited to the requester's balance. */
  readonly refund: bigint;
}

/** What {@link settleFolded} throws. */
export type SettleFoldedErrorType = DecoContractError | DecoUsageError;

/**
 * `settleAgreed` of a folded task.
 * @throws DecoContractError `FoldMismatch`, and as `settleAgreed`.
 */
export async function settleFolded(
  client: DecoClient,
  parameters: SettleFoldedParameters,
): Promise<SettleFoldedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { request, fold, opening, salts } = parameters;
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "settleFolded",
    args: [
      request,
      { ...fold, roster: [...fold.roster], seats: [...fold.seats] },
      opening,
      [...salts],
    ],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "TaskSettled");
  return { ...sent, result: args.result, refund: args.refund };
}
