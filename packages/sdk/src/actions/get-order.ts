import type { Hex } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import type { MarketEvent, MarketEventOf } from "../client/market-events.ts";
import { eventsNamed } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { unpackHold } from "../hold.ts";
import { endReasonOf } from "../model/names.ts";
import type { FailedTask, HeldOrder, SettledTask } from "../model/task.ts";
import { getTaskEvents } from "./get-task-events.ts";

export interface GetOrderParameters extends LogRange {
  readonly taskId: Hex;
}

/** Undefined when nobody has filled or held it. */
export type GetOrderReturnType = HeldOrder | SettledTask | FailedTask | undefined;

/** Bytes of a result that tasks tell. */
const KEPT = 26;

/**
 * An order that is held, was filled, or ended without a proof, as its events tell it: the market keeps no more of orders than their
 * nonces and who holds them, so `getTask` knows none.
 */
export async function getOrder(
  client: DecoClient,
  parameters: GetOrderParameters,
): Promise<GetOrderReturnType> {
  const { taskId } = parameters;
  const events = await getTaskEvents(client, parameters);
  const [held] = eventsNamed(events, "OrderHeld");
  if (held === undefined && eventsNamed(events, "OrderPosted").length === 0) return undefined;
  return endOf(taskId, events) ?? (held && holdOf(held));
}

function endOf(taskId: Hex, events: readonly MarketEvent[]): SettledTask | FailedTask | undefined {
  const [ended] = eventsNamed(events, "TaskEnded");
  if (ended !== undefined) {
    const reason = endReasonOf(ended.args.reason) as FailedTask["reason"];
    return { taskId, status: "ended", reason };
  }
  const [settled] = eventsNamed(events, "TaskSettled");
  if (settled === undefined) return undefined;
  const { result, root } = settled.args;
  return {
    ...{ taskId, status: "settled", agreeing: 0, bag: BigInt(root) !== 0n, proven: true },
    ...{ delivered: false, securityBudget: 0n, result: result.slice(0, 2 + 2 * KEPT) as Hex },
  };
}

function holdOf({ args: { taskId, hold, conditions } }: MarketEventOf<"OrderHeld">): HeldOrder {
  const { provider, until } = unpackHold(hold);
  const closesAt = until + conditions.revealWindow;
  return { taskId, status: "held", provider, until, closesAt, hold };
}
