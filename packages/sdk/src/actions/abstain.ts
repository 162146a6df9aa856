import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { AbstainReason } from "../model/names.ts";
import { abstainCodeOf } from "../model/names.ts";

export interface AbstainParameters extends WriteParameters {
  readonly taskId: Hex;
  readonly reason: AbstainReason;
}

export type AbstainReturnType = WriteResult;

/** What {@link abstain} throws. */
export type AbstainErrorType = DecoContractError | DecoUsageError;

/**
 * Says, instead of committing, why there is no result; from an operator key. Costs the decline fee.
 * @throws DecoContractError `CommitWindowClosed`, `WrongSeatStatus`, `WrongStatus`.
 */
export async function abstain(
  client: DecoClient,
  parameters: AbstainParameters,
): Promise<AbstainReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = [parameters.taskId, abstainCodeOf(parameters.reason)] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "abstain", args });
  return await sendCall(client, parameters, { to: market, data });
}
