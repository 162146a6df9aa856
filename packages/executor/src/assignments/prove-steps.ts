import { openingOf, progressOf, queueAgain } from "./common-steps.ts";
import { type HandlerContext, move, type Overview, type Step, wait } from "./context.ts";

/** Whether a proof decides the task, not a vote. */
export function isProven({ request, panel }: Pick<HandlerContext, "request" | "panel">): boolean {
  return BigInt(request.policy) !== 0n && panel === undefined;
}

/** Shows the own result to the policy while the seat's time runs; that settles the task. */
export async function proveResult(context: HandlerContext, overview: Overview): Promise<Step> {
  const { assignment, key, request, roundCalls } = context;
  const proof = assignment.facts.result?.proof;
  const opening = await openingOf(context);
  if (!opening || !proof) return move("abstaining", { reason: "other" });
  const progress = progressOf(context, "settle");
  if (progress.kind === "pending" || progress.kind === "done") return wait(overview.now);
  return queueAgain(context, roundCalls.prove(key, request, { opening, proof }, overview.fold));
}

/** Last second at which somebody may rescue the seat; afterwards anybody ends the task. */
export function rescueEndsAt(
  { commitWindow, revealWindow }: HandlerContext["request"],
  { phaseAt, status }: { readonly phaseAt: number; readonly status: string },
): number {
  // An abstention ends the seat's own time, and the rescue's begins.
  return phaseAt + revealWindow + (status === "executing" ? commitWindow : 0);
}
