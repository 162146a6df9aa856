import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { EndReason } from "../model/names.ts";
import { endReasonOf } from "../model/names.ts";
import type { Request } from "../request.ts";

export interface ExpireParameters extends WriteParameters {
  readonly request: Request;
  /** Provider of every seat of the task, by ascending id, declined ones excepted. */
  readonly roster: readonly number[];
}

export interface ExpireReturnType extends WriteResult {
  readonly reason: EndReason;
  /** Base units credited to the requester's balance. */
  readonly refund: bigint;
}

/** What {@link expire} throws. */
export type ExpireErrorType = DecoContractError | DecoUsageError;

/**
 * Ends a task that can have no result and refunds its requester. By anyone, for a fee.
 * @throws DecoContractError `ClaimWindowOpen`, `CommitWindowOpen`, `SettleWindowOpen`, `FurtherRoundPossible`, `RosterIncomplete`, `InvalidRoster`, `WrongStatus`.
 */
export async function expire(
  client: DecoClient,
  parameters: ExpireParameters,
): Promise<ExpireReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "expire",
    args: [parameters.request, [...parameters.roster]],
  });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args } = eventOf(market, sent.receipt, "TaskEnded");
  return { ...sent, reason: endReasonOf(args.reason), refund: args.refund };
}
