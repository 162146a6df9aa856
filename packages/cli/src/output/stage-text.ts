import type { OrderStatus } from "@deco-network/p2p";
import type { TaskStage, WaitingFor } from "@deco-network/requester";

import {
  DECO,
  formatAmount,
  formatMoment,
  formatSeconds,
  formatTrust,
  type Unit,
} from "./format.ts";

const WAITING: Readonly<Record<WaitingFor, string>> = {
  seats: "providers to take seats",
  commitments: "providers to run the program and commit",
  reveals: "providers to reveal",
  settlement: "somebody to settle",
  objections: "objections to the accepted result",
  finality: "panels to decide and somebody to finalize",
  "next-round-or-end": "the next round, or the end",
  proof: "the holder of the order to prove",
  rescue: "another provider to prove",
  drop: "somebody to end the order, which nobody proved",
};

/** One line for each thing that happens to a task. */
export function stageText(stage: TaskStage, token: Unit): string {
  switch (stage.stage) {
    case "posted":
      return `posted in block ${stage.block}`;
    case "round-opened":
      return `round ${stage.round} opened for ${stage.seats} seats`;
    case "seat-taken":
      return `seat ${stage.taken}/${stage.wanted} taken by provider ${stage.provider} at ${formatAmount(stage.price, token)}`;
    case "seat-declined":
      return `provider ${stage.provider} declined its seat`;
    case "executing":
      return `round ${stage.round} is full: executing`;
    case "committed":
      return `provider ${stage.provider} committed (${stage.committed}/${stage.wanted})`;
    case "abstained":
      return `provider ${stage.provider} abstained: ${stage.reason}`;
    case "revealing":
      return "everybody has committed: revealing";
    case "revealed":
      return `provider ${stage.provider} revealed (${stage.revealed}/${stage.committed})`;
    case "seat-ended":
      return seatEndText(stage, token);
    case "compensated":
      return `compensated with ${formatAmount(stage.amount, DECO)} for seats that stayed silent`;
    case "checkpointed":
      return `provider ${stage.provider} logged a checkpoint of its run`;
    case "reseeded":
      return "the seed was lost and is drawn anew";
    case "accepted":
      return `accepted: ${stage.weight} of ${stage.totalWeight} weight agreed; not final yet`;
    case "dispute-opened":
      return `dispute ${stage.index} opened (${stage.kind}) over item ${stage.leaf}`;
    case "panel-opened":
      return `panel ${stage.level} of dispute ${stage.index} opened for ${stage.seats} seats`;
    case "panel-decided":
      return `a panel decided for ${stage.decision} (${stage.agreeing}/${stage.committed})`;
    case "panel-failed":
      return stage.filled ? "a panel found no majority" : "a panel did not fill";
    case "settled":
      if (stage.overturned) {
        return `settled: a panel overturned the vote, its result stands, ${formatAmount(stage.refund, token)} returned`;
      }
      return `settled: ${stage.weight} of ${stage.totalWeight} weight agreed, ${formatAmount(stage.refund, token)} returned`;
    case "ended":
      return `ended without a result: ${stage.reason}, ${formatAmount(stage.refund, token)} returned`;
    case "order-held":
      return `provider ${stage.provider} holds the order until ${formatMoment(stage.until)}`;
    case "waiting":
      return waitingText(stage);
    case "reorganized":
      return "the chain was reorganised: reading the task again";
    case "chain-silent":
      return `the node does not answer (attempt ${stage.attempt})`;
  }
}

function seatEndText(
  { provider, outcome, paid, slashed, trust }: Extract<TaskStage, { stage: "seat-ended" }>,
  token: Unit,
): string {
  const parts = [
    ...(paid > 0n ? [`paid ${formatAmount(paid, token)}`] : []),
    ...(slashed > 0n ? [`slashed ${formatAmount(slashed, DECO)}`] : []),
    `trust ${formatTrust(trust)}`,
  ];
  return `provider ${provider} ${outcome}: ${parts.join(", ")}`;
}

function waitingText(stage: Extract<TaskStage, { stage: "waiting" }>): string {
  const what = `waiting for ${WAITING[stage.for]}`;
  if (stage.until === undefined) return what;
  return `${what} until ${formatMoment(stage.until)} (${formatSeconds(stage.until - stage.now)})`;
}

/** What an allocator says about a request that was handed to it. */
export function handOverText({ state, transaction, reason }: OrderStatus): string {
  switch (state) {
    case "queued":
      return "the allocator asks executors for offers";
    case "matched":
      return "the allocator has offers for every seat; opening the task";
    case "opened":
      return transaction === undefined ? "the task is open" : `the task is open: ${transaction}`;
    case "refused":
      return `the allocator refused: ${reason ?? "unknown"}`;
  }
}
