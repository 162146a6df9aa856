import type { Hex } from "viem";
import { encodeFunctionData, zeroHash } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventOf } from "../client/market-events.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface CheckpointParameters extends WriteParameters {
  readonly taskId: Hex;
  /** 0 to 10,000. */
  readonly progressBps: number;
  /** Digest of content from which the work could be resumed; default: none. */
  readonly digest?: Hex | undefined;
}

export interface CheckpointReturnType extends WriteResult {
  /** DECO burned out of the provider's free stake, in base units. */
  readonly fee: bigint;
}

/** What {@link checkpoint} throws. */
export type CheckpointErrorType = DecoContractError | DecoUsageError;

/**
 * Announces the progress of a seat while its round executes, from its operator key; at most 64 times a seat.
 * @throws DecoContractError `TooManyCheckpoints`, `InvalidProgress`, `CommitWindowClosed`, `WrongSeatStatus`, `WrongStatus`, `StakeNotFree`, `StakeBelowMinimum`.
 */
export async function checkpoint(
  client: DecoClient,
  parameters: CheckpointParameters,
): Promise<CheckpointReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { taskId, progressBps, digest = zeroHash } = parameters;
  const args = [taskId, digest, progressBps] as const;
  const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "checkpoint", args });
  const sent = await sendCall(client, parameters, { to: market, data });
  const { args: event } = eventOf(market, sent.receipt, "Checkpointed");
  return { ...sent, fee: event.fee };
}
