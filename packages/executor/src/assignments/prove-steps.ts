import type { Transition } from "../journal/transition.ts";
import type { Phase } from "../market/phase.ts";
import { dropUnsigned, openingOf, ownAct, progressOf, queueAgain } from "./common-steps.ts";
import { type HandlerContext, move, type Overview, type Step, wait } from "./context.ts";

/** Whether a proof decides the task, not a vote. */
export function isProven({ request, panel }: Pick<HandlerContext, "request" | "panel">): boolean {
  return BigInt(request.policy) !== 0n && panel === undefined;
}

/**
 * Where a seat goes whose task nobody can prove any more: the market's `expire` ends such a task at once, and takes nothing from who
 * did not abstain.
 */
export function policyEnd(
  { policyGone }: Overview,
  also: readonly Transition[] = [],
): Step | undefined {
  return policyGone && move("settling", { reason: "policy-removed", also });
}

/** Shows the own result to the policy while the seat's time runs; that settles the task. */
export async function proveResult(context: HandlerContext, overview: Overview): Promise<Step> {
  const { assignment, key, request, roundCalls } = context;
  const proof = assignment.facts.result?.proof;
  const opening = await openingOf(context);
  if (!opening || !proof) return move("abstaining", { reason: "other" });
  const progress = progressOf(context, "settle");
  if (progress.kind === "pending" || progress.kind === "done") return wait(overview.now);
  return queueAgain(context, roundCalls.prove(key, request, { opening, proof }, overview));
}

/** Last second at which somebody may rescue the seat; afterwards anybody ends the task. */
export function rescueEndsAt(
  { commitWindow, revealWindow }: HandlerContext["request"],
  { phaseAt, status }: { readonly phaseAt: number; readonly status: string },
): number {
  // An abstention ends the seat's own time, and the rescue's begins.
  return phaseAt + revealWindow + (status === "executing" ? commitWindow : 0);
}

type Asked = Pick<HandlerContext, "request" | "panel" | "config">;

/** Whether this executor proves tasks of which it has no seat. */
function provesUnseated(context: Asked): boolean {
  return isProven(context) && context.config.engines.circuit?.withoutSeat === true;
}

/**
 * Last second at which a proof is taken from whoever has no seat: of a task without seats, or of one whose holder let its time pass.
 * Undefined while it takes a seat, and when this executor wants one.
 */
export function unseatedUntil(context: Asked, phase: Phase): number | undefined {
  if (!provesUnseated(context)) return undefined;
  const { request } = context;
  if (request.replicas > 0) {
    return phase.name === "failed" ? rescueEndsAt(request, phase.task) : undefined;
  }
  if (phase.name !== "open" && phase.name !== "unfilled") return undefined;
  return phase.task.openedAt + request.commitWindow;
}

/** Whether the task may be proven without a seat, now or once its holder has failed. */
export function awaitsUnseated(
  context: Asked,
  { phase, now }: Pick<Overview, "phase" | "now">,
): boolean {
  const until = unseatedUntil(context, phase);
  if (until !== undefined) return now <= until;
  return phase.name === "executing" && context.request.replicas > 0 && provesUnseated(context);
}

/** Whether this assignment works without a seat: it never asked for one, and nobody gave it one. */
export function isUnseated(context: HandlerContext, { seat }: Pick<Overview, "seat">): boolean {
  if (seat.status !== "none" || !provesUnseated(context)) return false;
  return context.transaction("claim") === undefined && !context.journal.offer(context.key.task);
}

/** Shows the own result to the policy without a seat; the first proof that is taken settles the task. */
export async function proveUnseated(context: HandlerContext, overview: Overview): Promise<Step> {
  const { assignment, key, market, request, roundCalls } = context;
  const { phase, now } = overview;
  const progress = progressOf(context, "settle");
  const underway = progress.kind === "pending" && progress.signed;
  if (phase.name === "absent" || underway || progress.kind === "done") return wait(now);
  const until = unseatedUntil(context, phase);
  const proof = assignment.facts.result?.proof;
  const opening = await openingOf(context);
  if (until === undefined || now > until || !opening || !proof) {
    return move("settling", { reason: "commit-missed", also: dropUnsigned(progress) });
  }
  if (progress.kind === "pending") return wait(now);
  const roster = request.replicas > 0 ? await market.roster(key.task, assignment.postedBlock) : [];
  const shown = roundCalls.prove(key, request, { opening, proof }, { roster });
  return queueAgain(context, ownAct(context, overview, shown));
}
