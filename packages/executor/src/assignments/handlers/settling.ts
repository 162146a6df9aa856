import { encodePacked, keccak256, zeroHash } from "viem";

import type { QueuedTransaction } from "../../journal/transition.ts";
import type { Phase } from "../../market/phase.ts";
import { progressOf, queueAgain, taskEnd } from "../common-steps.ts";
import { type Handler, type HandlerContext, move, type Step, wait } from "../context.ts";

/** Result documents up to this size are given to `settle`, so that contracts receive content. */
const INLINE_DOCUMENT_BYTES = 4_096;

type What = "settle" | "escalate" | "expire";

/**
 * The seat's own part is over, but its lock is bound until somebody ends the task. Those who can
 * take turns in an order drawn from the task id, so that usually one transaction does.
 */
export const settling: Handler = async (context) => {
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const back = returned(context, phase, seat.status);
  if (back) return back;

  const what = nextAct(context, phase);
  if (!what) return wait("closesAt" in phase ? phase.closesAt + 1 : now);
  // Acts belong to the round that they end, which may be later than the seat's.
  const round = "task" in phase ? phase.task.round : context.key.round;
  const progress = progressOf(context, what, round);
  if (progress.kind === "pending" || progress.kind === "done") return wait(now);
  if (progress.kind === "failed" && noteRefusal(context, what, progress.error, phase)) {
    return wait(now);
  }
  const roster = await context.market.roster(context.key.task, context.assignment.postedBlock);
  const turn = turnAt(context, what, phase, roster, now);
  if (now < turn) return wait(turn);
  const transaction = await build(context, what, round, roster);
  return transaction ? queueAgain(context, transaction) : wait(now);
};

/** A reorg, or a look at a lagging endpoint, may have ended the seat's own part too early. */
function returned(context: HandlerContext, phase: Phase, seat: string): Step | undefined {
  if (!("task" in phase) || phase.task.round !== context.key.round) return undefined;
  if (phase.name === "executing" && seat === "taken") {
    if (context.assignment.facts.abstainReason === undefined) return move("seated");
    return move("abstaining", { reason: "reorg" });
  }
  if (context.assignment.reason === "foreign-commitment") return undefined;
  if (phase.name === "executing" && seat === "committed") return move("committing");
  if (phase.name === "revealing" && seat === "committed") return move("revealing");
  return undefined;
}

/** What is legal now and worth a try. */
function nextAct(context: HandlerContext, phase: Phase): What | undefined {
  if (!("task" in phase)) return undefined;
  const { memory, assignment } = context;
  const knows = assignment.facts.result !== undefined && memory.refusedRound !== phase.task.round;
  if (phase.name === "unfilled") return "expire";
  if (phase.task.committed > 0 && knows) {
    if (phase.name === "revealing" && phase.complete) return "settle";
    if (phase.name === "counting" || phase.name === "failed") return "settle";
  }
  if (phase.name !== "failed") return undefined;
  return memory.exhausted ? "expire" : "escalate";
}

/** Draws the conclusion from a refused attempt. @returns whether the next act differs. */
function noteRefusal(context: HandlerContext, what: What, error: string, phase: Phase): boolean {
  const { memory } = context;
  if (what === "settle" && error === "ResultNotAccepted" && "task" in phase) {
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

/** Second at which this executor's turn comes, counted from when it first saw the act legal. */
function turnAt(
  context: HandlerContext,
  what: What,
  phase: Phase,
  roster: readonly number[],
  now: number,
): number {
  const { config, identity, key, memory } = context;
  const round = "task" in phase ? phase.task.round : 0;
  const legal = `${what}-${round}`;
  if (memory.legalSince?.what !== legal) memory.legalSince = { what: legal, at: now };
  const lot = (provider: number) =>
    keccak256(encodePacked(["bytes32", "uint8", "uint32"], [key.task, round, provider]));
  const own = lot(identity.provider);
  const before = roster.filter((provider) => lot(provider) < own).length;
  return memory.legalSince.at + before * config.timing.settleStagger;
}

async function build(
  context: HandlerContext,
  what: What,
  round: number,
  roster: readonly number[],
): Promise<QueuedTransaction | undefined> {
  const { assignment, calls, request, results, signal } = context;
  const key = { task: context.key.task, round };
  if (what === "escalate") return calls.escalate(key, request);
  if (what === "expire") return calls.expire(key, request, roster);
  const result = assignment.facts.result;
  if (!result) return undefined;
  const document = await results.document(result.digest, INLINE_DOCUMENT_BYTES, signal);
  return calls.settle(key, request, roster, {
    digest: result.digest,
    root: result.root ?? zeroHash,
    document: document ?? "0x",
  });
}
