import type { Request } from "@deco-network/sdk";
import type { EndedTask, LiveTask, TaskView } from "./market-reader.ts";

/**
 * Where a task stands at a second of the chain's clock. The stored status changes only when
 * somebody calls; deadlines change what is legal without a call, and that is what counts here.
 */
export type Phase =
  | { readonly name: "absent" }
  /** Seats are missing; claims are legal until `closesAt`. */
  | { readonly name: "open"; readonly task: LiveTask; readonly closesAt: number }
  /** The claim window has passed: only `expire`. */
  | { readonly name: "unfilled"; readonly task: LiveTask }
  | { readonly name: "executing"; readonly task: LiveTask; readonly closesAt: number }
  /** Reveals are legal until `closesAt`; `settle` too once `complete`. */
  | {
      readonly name: "revealing";
      readonly task: LiveTask;
      readonly closesAt: number;
      readonly complete: boolean;
    }
  /** Reveals are over; until `closesAt` only `settle`. */
  | { readonly name: "counting"; readonly task: LiveTask; readonly closesAt: number }
  /** `settle`, and `escalate` or `expire`. */
  | { readonly name: "failed"; readonly task: LiveTask }
  | { readonly name: "settled"; readonly outcome: EndedTask }
  | { readonly name: "ended"; readonly outcome: EndedTask };

export interface PhaseTerms {
  /** Seconds after the reveal window in which only `settle` is legal. */
  readonly settleWindow: number;
}

/** @param now Seconds, of the latest block. */
export function phaseOf(
  view: TaskView,
  request: Request,
  terms: PhaseTerms | undefined,
  now: number,
): Phase {
  if (view.kind === "absent") return { name: "absent" };
  if (view.kind === "ended") {
    return { name: view.outcome.status === "settled" ? "settled" : "ended", outcome: view.outcome };
  }
  const { task } = view;
  if (task.status === "open") {
    const closesAt = task.openedAt + request.claimWindow;
    return now <= closesAt ? { name: "open", task, closesAt } : { name: "unfilled", task };
  }
  let revealsFrom = task.phaseAt;
  if (task.status === "executing") {
    const closesAt = task.phaseAt + task.commitWindow;
    if (now <= closesAt) return { name: "executing", task, closesAt };
    revealsFrom = closesAt;
  }
  const closesAt = revealsFrom + task.revealWindow;
  // Without any commitment there is nothing to reveal, nor to settle.
  if (task.committed === 0) return { name: "failed", task };
  if (now <= closesAt) {
    return { name: "revealing", task, closesAt, complete: task.revealed === task.committed };
  }
  const countedAt = closesAt + (terms?.settleWindow ?? 0);
  return now <= countedAt
    ? { name: "counting", task, closesAt: countedAt }
    : { name: "failed", task };
}
