import { deadlinesOf, type EndReason, phaseOf as phaseAt, type Request } from "@deco-network/sdk";
import type { Hex } from "viem";

import type { LiveView, TaskView, VerdictView } from "./market-reader.ts";

/**
 * Where a task stands at a second of the chain's clock. The stored status changes only when
 * somebody calls; deadlines change what is legal without a call, and that is what counts here.
 */
export type Phase =
  | { readonly name: "absent" }
  /** Seats are missing; claims are legal until `closesAt`. */
  | { readonly name: "open"; readonly task: LiveView; readonly closesAt: number }
  /** The claim window has passed: only `expire`. */
  | { readonly name: "unfilled"; readonly task: LiveView }
  | { readonly name: "executing"; readonly task: LiveView; readonly closesAt: number }
  /** Reveals are legal until `closesAt`; `settle` too once `complete`. */
  | {
      readonly name: "revealing";
      readonly task: LiveView;
      readonly closesAt: number;
      readonly complete: boolean;
    }
  /** Reveals are over; until `closesAt` only `settle`. */
  | { readonly name: "counting"; readonly task: LiveView; readonly closesAt: number }
  /** `settle`, and `escalate` or `expire`. */
  | { readonly name: "failed"; readonly task: LiveView }
  /** A result was accepted; `finalize` when the windows are over at `closesAt` and no dispute is left. */
  | { readonly name: "accepted"; readonly verdict: VerdictView; readonly closesAt: number }
  /** `result` is the first 26 bytes of the accepted one. */
  | { readonly name: "settled"; readonly result: Hex }
  | { readonly name: "ended"; readonly reason: EndReason };

export interface PhaseTerms {
  /** Seconds after the reveal window in which only `settle` is legal. */
  readonly settleWindow: number;
}

/** @param now Seconds, of the latest block. */
export function phaseOf(view: TaskView, request: Request, terms: PhaseTerms, now: number): Phase {
  if (view.kind === "absent") return { name: "absent" };
  if (view.kind === "settled") return { name: "settled", result: view.result };
  if (view.kind === "ended") return { name: "ended", reason: view.reason };
  if (view.kind === "accepted") {
    const longest = Math.max(request.challengeWindow, request.deliveryWindow);
    return { name: "accepted", verdict: view.verdict, closesAt: view.verdict.acceptedAt + longest };
  }
  const { task } = view;
  const current = phaseAt(task, now);
  const deadlines = deadlinesOf(current, request, terms);
  if (current.status === "open") {
    const closesAt = deadlines.claim;
    return now <= closesAt ? { name: "open", task, closesAt } : { name: "unfilled", task };
  }
  if (current.status === "executing") {
    return { name: "executing", task, closesAt: deadlines.commit };
  }
  // Without any commitment there is nothing to reveal, nor to settle.
  if (task.committed === 0) return { name: "failed", task };
  if (now <= deadlines.reveal) {
    const complete = task.revealed === task.committed;
    return { name: "revealing", task, closesAt: deadlines.reveal, complete };
  }
  return now <= deadlines.settle
    ? { name: "counting", task, closesAt: deadlines.settle }
    : { name: "failed", task };
}
