import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface FinalizeParameters extends WriteParameters {
  readonly request: Request;
  /** Provider of every seat of the task, by ascending id, declined ones excepted. */
  readonly roster: readonly number[];
}

export type FinalizeReturnType = WriteResult;

/** What {@link finalize} throws. */
export type FinalizeErrorType = DecoContractError | DecoUsageError;

/**
 * Ends an accepted task after its windows and disputes: pays, slashes, moves trust, resolves bonds, refunds.
 * By anyone, for a fee.
 * @throws DecoContractError `ChallengeWindowOpen`, `DeliveryWindowOpen`, `AuditDue`, `SeedUnknown`, `WrongDisputeStatus`, `RosterIncomplete`, `InvalidRoster`, `WrongStatus`.
 */
export async function finalize(
  client: DecoClient,
  parameters: FinalizeParameters,
): Promise<FinalizeReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "finalize",
    args: [parameters.request, [...parameters.roster]],
  });
  return await sendCall(client, parameters, { to: market, data });
}
