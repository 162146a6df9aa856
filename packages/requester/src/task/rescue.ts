import { DecoContractError, type Request, taskIdOf } from "@deco-network/sdk";
import { dropOrder, escalate, expire, finalize, getFold, unfold } from "@deco-network/sdk/actions";

import type { Market } from "../market/market.ts";
import type { Waiting } from "./waiting.ts";

/** Remembers since when a task could go on but nobody calls. */
export interface Rescue {
  readonly afterBlocks: number;
  /** Block in which it was first seen. */
  stuckSince: number | undefined;
}

export interface StuckTask {
  readonly waiting: Waiting;
  readonly request: Request;
  readonly roster: readonly number[];
  /** Of an order that a provider holds. */
  readonly hold: bigint | undefined;
  /** The latest block. */
  readonly block: number;
  readonly signal: AbortSignal;
}

/**
 * Makes the call that anyone may make when nobody has made it for some blocks: the next round if
 * there can be one, else the end with its refund; the end of an accepted task whose windows are over, or of an order that nobody proved.
 * Others get the first chance, because they are paid for it. A refusal means that somebody was
 * faster, or that panels are at work, so it is no failure.
 */
export async function rescueWhenStuck(
  market: Market,
  rescue: Rescue,
  task: StuckTask,
): Promise<void> {
  const what = task.waiting.for;
  if (what !== "next-round-or-end" && what !== "finality" && what !== "drop") {
    rescue.stuckSince = undefined;
    return;
  }
  rescue.stuckSince ??= task.block;
  if (task.block - rescue.stuckSince < rescue.afterBlocks) return;
  rescue.stuckSince = undefined;
  const { request, roster, signal } = task;
  const common = { deployment: market.deployment, request, signal };
  try {
    if (what === "finality") {
      await finalize(market.client, { ...common, roster });
      return;
    }
    if (what === "drop") {
      await dropOrder(market.client, { ...common, hold: task.hold ?? 0n });
      return;
    }
    await unfoldIfFolded(market, task);
    await expire(market.client, { ...common, roster });
  } catch (error) {
    if (!(error instanceof DecoContractError)) throw error;
    if (error.code === "FurtherRoundPossible") await escalateUnlessDone(market, common);
  }
}

/** What the chain keeps as one word has no exit of its own. */
async function unfoldIfFolded(
  { client, deployment }: Market,
  { request, signal }: StuckTask,
): Promise<void> {
  const taskId = taskIdOf(deployment, request);
  const fold = await getFold(client, { deployment, taskId, signal });
  if (fold) await unfold(client, { deployment, taskId, fold, signal });
}

async function escalateUnlessDone(
  { client }: Market,
  parameters: Parameters<typeof escalate>[1],
): Promise<void> {
  try {
    await escalate(client, parameters);
  } catch (error) {
    if (!(error instanceof DecoContractError)) throw error;
  }
}
