import type { Hex } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { eventsNamed } from "../client/market-events.ts";
import type { GetTaskEventsParameters } from "./get-task-events.ts";
import { getTaskEvents } from "./get-task-events.ts";

export type ListCheckpointsParameters = GetTaskEventsParameters;

/** What a seat told of its progress. Nobody checks it. */
export interface Checkpoint {
  readonly provider: number;
  /** 0 to 10,000. */
  readonly progressBps: number;
  /** Digest of content from which the work could be resumed, or zero. */
  readonly digest: Hex;
  readonly block: bigint;
}
export type ListCheckpointsReturnType = readonly Checkpoint[];

/**
 * Progress of a task's seats, oldest first.
 * @throws DecoUsageError `aborted`.
 */
export async function listCheckpoints(
  client: DecoClient,
  parameters: ListCheckpointsParameters,
): Promise<ListCheckpointsReturnType> {
  const events = eventsNamed(await getTaskEvents(client, parameters), "Checkpointed");
  return events.map(({ args: { provider, progressBps, digest }, blockNumber }) => ({
    ...{ provider, progressBps, digest },
    block: blockNumber ?? 0n,
  }));
}
