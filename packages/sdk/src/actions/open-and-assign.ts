import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import { encodeMatch } from "../digests/encode-match.ts";
import { taskIdOf } from "../digests/task-id.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Match } from "../matching.ts";

export interface OpenAndAssignParameters extends WriteParameters, Match {}

export interface OpenAndAssignReturnType extends WriteResult {
  readonly taskId: Hex;
  /** Whether this call opened the task. */
  readonly opened: boolean;
  /** Providers that it seated. */
  readonly seated: readonly number[];
}

/** What {@link openAndAssign} throws. */
export type OpenAndAssignErrorType = DecoContractError | DecoUsageError;

/**
 * Opens a signed request, unless its task is open already, and gives seats on its allocator's word;
 * from any account. It is refused whole or done whole.
 * @throws DecoContractError `NoAllocator`, `NotAssigned`, `AllocatorWindowClosed`, `TooManySeats`, `PriceOutOfRange`, `OfferExpired`, `OfferVoid`, `OfferUsedUp`, `OfferMismatch`, `InvalidSignature`, `AlreadySeated`, `StakeTooYoung`, `StakeNotFree`, `TrustTooLow`, `ProviderDormant`, `ProviderLeaving`, `WrongStatus`, and as `openSigned`.
 */
export async function openAndAssign(
  client: DecoClient,
  parameters: OpenAndAssignParameters,
): Promise<OpenAndAssignReturnType> {
  const deployment = deploymentOf(client, parameters);
  const args = [encodeMatch(parameters)] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "openAndAssign", args });
  const sent = await sendCall(client, parameters, { to: deployment.market, data });
  const events = parseMarketLogs(deployment.market, sent.receipt.logs);
  return {
    ...sent,
    taskId: taskIdOf(deployment, parameters.request),
    opened: eventsNamed(events, "TaskPosted").length > 0,
    seated: eventsNamed(events, "SeatAssigned").map(({ args: { provider } }) => provider),
  };
}
