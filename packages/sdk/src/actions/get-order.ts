import type { Hex } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { eventsNamed } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import type { SettledTask } from "../model/task.ts";
import { getTaskEvents } from "./get-task-events.ts";

export interface GetOrderParameters extends LogRange {
  readonly taskId: Hex;
}

/** Undefined when nobody has filled it. */
export type GetOrderReturnType = SettledTask | undefined;

/** Bytes of a result that tasks tell. */
const KEPT = 26;

/** An order that was filled, as its events tell it: the market keeps no more of orders than their nonces, so `getTask` knows none. */
export async function getOrder(
  client: DecoClient,
  parameters: GetOrderParameters,
): Promise<GetOrderReturnType> {
  const { taskId } = parameters;
  const events = await getTaskEvents(client, parameters);
  const [settled] = eventsNamed(events, "TaskSettled");
  if (settled === undefined || eventsNamed(events, "OrderPosted").length === 0) return undefined;
  const { result, root } = settled.args;
  return {
    ...{ taskId, status: "settled", agreeing: 0, bag: BigInt(root) !== 0n, proven: true },
    ...{ delivered: false, securityBudget: 0n, result: result.slice(0, 2 + 2 * KEPT) as Hex },
  };
}
