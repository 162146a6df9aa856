import type { Hex } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { MarketEvent } from "../client/market-events.ts";
import { parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";

export interface GetTaskEventsParameters extends LogRange {
  readonly taskId: Hex;
}
export type GetTaskEventsReturnType = readonly MarketEvent[];

/**
 * Every event of a task, oldest first: all that an auditor needs. Empty for unknown tasks.
 * @throws DecoUsageError `aborted`.
 */
export async function getTaskEvents(
  client: DecoClient,
  parameters: GetTaskEventsParameters,
): Promise<GetTaskEventsReturnType> {
  const { market } = deploymentOf(client, parameters);
  // The task id is the first indexed argument of every event that concerns a task.
  const logs = await readMarketLogs(client, parameters, [null, parameters.taskId]);
  return parseMarketLogs(market, logs);
}
