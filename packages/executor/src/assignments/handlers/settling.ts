import type { Hex } from "viem";

import type { QueuedTransaction } from "../../journal/transition.ts";
import type { Phase } from "../../market/phase.ts";
import { resultOf } from "../../results/result-of.ts";
import { openingOf, ownAct, progressOf, queueAgain, taskEnd, turnAt } from "../common-steps.ts";
import {
  type Handler,
  type HandlerContext,
  move,
  type Overview,
  type Step,
  wait,
} from "../context.ts";
import { isProven, isUnseated, rescueEndsAt } from "../prove-steps.ts";
import { showLeaves } from "../show-leaves.ts";

type What = "settle" | "escalate" | "expire" | "finalize" | "audit";

/**
 * The seat's own part is over, but its lock is bound until somebody ends the task. Those who can
 * take turns in an order drawn from the task id, so that usually one transaction does.
 */
export const settling: Handler = async (context) => {
  const overview = await context.overview();
  const { phase, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const unseated = isUnseated(context, overview);
  const back = unseated ? undefined : returned(context, overview);
  if (back) return back;

  if (phase.name === "accepted") {
    await publishEarly(context, phase.verdict.result);
    const shown = await showLeaves(context, phase.verdict.result, now);
    if (shown) return shown;
  }
  const what = nextAct(context, overview);
  if (!what) return wait("closesAt" in phase ? phase.closesAt + 1 : now);
  const round = roundOf(context, phase);
  const progress = progressOf(context, what, round);
  // A draw whose seed was replaced is asked again.
  if (progress.kind === "pending" || (progress.kind === "done" && what !== "audit"))
    return wait(now);
  if (progress.kind === "failed" && noteRefusal(context, what, progress.error, phase)) {
    return wait(now);
  }
  const roster = await context.market.roster(context.key.task, context.assignment.postedBlock);
  const turn = turnAt(context, { what, round }, roster, now);
  if (now < turn) return wait(turn);
  const transaction = await build(context, what, round, roster);
  return transaction ? queueAgain(context, ownAct(context, overview, transaction)) : wait(now);
};

/** A reorg, or a look at a lagging endpoint, may have ended the seat's own part too early. */
function returned(
  context: HandlerContext,
  { phase, policyGone, seat: { status: seat } }: Overview,
): Step | undefined {
  // The claim itself is undone, or even the post; the result is there already.
  if ((phase.name === "open" || phase.name === "absent") && seat === "none" && !context.panel) {
    return move("claiming", { reason: "reorg" });
  }
  if (policyGone || !("task" in phase) || phase.task.round !== context.key.round) return undefined;
  if (phase.name === "open" && seat === "taken") return move("seated", { reason: "reorg" });
  if (phase.name === "executing" && seat === "taken") {
    if (context.assignment.facts.abstainReason === undefined) return move("seated");
    return move("abstaining", { reason: "reorg" });
  }
  // What is on the chain is not what this journal could reveal.
  const { reason = "" } = context.assignment;
  if (["foreign-commitment", "vote-unknown"].includes(reason)) return undefined;
  if (phase.name === "executing" && seat === "committed") return move("committing");
  if (phase.name === "revealing" && seat === "committed") return move("revealing");
  return undefined;
}

/** What is legal now and worth a try. */
function nextAct(context: HandlerContext, { phase, policyGone, now }: Overview): What | undefined {
  const { memory, assignment } = context;
  if (phase.name === "accepted") {
    if (now <= phase.closesAt) return undefined;
    return memory.auditDue ? "audit" : "finalize";
  }
  if (!("task" in phase)) return undefined;
  if (policyGone) return "expire";
  const knows = assignment.facts.result !== undefined && memory.refusedRound !== phase.task.round;
  if (context.request.replicas === 0) {
    const closesAt = phase.task.openedAt + context.request.commitWindow;
    return now > closesAt ? "expire" : undefined;
  }
  if (phase.name === "unfilled") return "expire";
  if (phase.task.committed > 0 && knows) {
    if (phase.name === "revealing" && phase.complete) return "settle";
    if (phase.name === "counting" || phase.name === "failed") return "settle";
  }
  if (phase.name !== "failed") return undefined;
  if (isProven(context)) {
    return now > rescueEndsAt(context.request, phase.task) ? "expire" : undefined;
  }
  if (context.panel) return "expire";
  return memory.exhausted ? "expire" : "escalate";
}

/** Draws the conclusion from a refused attempt. @returns whether the next act differs. */
function noteRefusal(context: HandlerContext, what: What, error: string, phase: Phase): boolean {
  const { memory } = context;
  if (what === "finalize" && error === "AuditDue") {
    memory.auditDue = true;
    return true;
  }
  // Opened, spared or judged already: what is left is to finalize.
  if (what === "audit") {
    memory.auditDue = false;
    return true;
  }
  const lost = error === "ResultNotAccepted" || error === "PanelUndecided";
  if (what === "settle" && lost && "task" in phase) {
    if (memory.refusedRound === phase.task.round) return false;
    memory.refusedRound = phase.task.round;
    return true;
  }
  if (what === "escalate" && error === "NoFurtherRound") {
    memory.exhausted = true;
    return true;
  }
  if (what === "expire" && error === "FurtherRoundPossible") {
    memory.exhausted = false;
    return true;
  }
  return false;
}

/** Acts belong to the round that they end, which may be later than the seat's. */
function roundOf({ key }: HandlerContext, phase: Phase): number {
  if ("task" in phase) return phase.task.round;
  return phase.name === "accepted" ? phase.verdict.round : key.round;
}

/** An accepted result can be judged only when its outputs are public, though nothing is paid yet. */
async function publishEarly(context: HandlerContext, accepted: Hex): Promise<void> {
  const { assignment, confirmedEnd, key, results, signal } = context;
  const { result } = assignment.facts;
  if (!result || resultOf(result) !== accepted || !(await confirmedEnd(key.task))) return;
  await results.publish(result, signal);
}

async function build(
  context: HandlerContext,
  what: What,
  round: number,
  roster: readonly number[],
): Promise<QueuedTransaction | undefined> {
  const { calls, request } = context;
  const key = { task: context.key.task, round };
  if (what === "escalate") return calls.escalate(key, request);
  if (what === "finalize") return calls.finalize(key, request, roster);
  if (what === "audit") return calls.audit(key, request);
  if (what === "expire") return calls.expire(key, request, roster);
  const opening = await openingOf(context);
  return opening && calls.settle(key, request, roster, opening);
}
