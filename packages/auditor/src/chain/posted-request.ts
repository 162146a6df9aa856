import type { Market } from "@deco-network/requester";
import { eventsNamed, type MarketEvent, type Request } from "@deco-network/sdk";
import { getTaskEvents } from "@deco-network/sdk/actions";
import type { Hex } from "viem";

import { AuditorError } from "../errors.ts";

/** What the chain tells of a task. */
export interface TaskOnChain {
  readonly request: Request;
  readonly events: readonly MarketEvent[];
}

/** @throws AuditorError `task-not-accepted` when nobody posted it */
export async function readTask(
  { client, deployment }: Market,
  taskId: Hex,
  signal: AbortSignal,
): Promise<TaskOnChain> {
  const events = await getTaskEvents(client, { deployment, taskId, signal });
  const [posted] = eventsNamed(events, "TaskPosted");
  if (posted !== undefined) return { request: posted.args.request, events };
  throw new AuditorError("task-not-accepted", `No task ${taskId} was posted to this market.`, {
    remedy: "Check the task id, and that the node serves the network on which it was posted.",
  });
}
