import type { SeatOutcomeName } from "./settlement.ts";

/** Phases of a task, in the order of the contracts' `TaskStatus`. */
export const TASK_STATUSES = [
  "none",
  "open",
  "executing",
  "revealing",
  "settled",
  "ended",
  "accepted",
  "folded",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Why a task ended without a result, in the order of `EndReason`. */
export const END_REASONS = [
  "none",
  "cancelled",
  "unfilled",
  "vote-failed",
  "cannot-run",
  "voided",
  "undelivered",
  "policy-removed",
  "unproven",
  "rejected",
  "unjudged",
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** States of a seat, in the order of `SeatStatus`. */
export const SEAT_STATUSES = [
  "none",
  "taken",
  "committed",
  "revealed",
  "abstained",
  "declined",
] as const;
export type SeatStatus = (typeof SEAT_STATUSES)[number];

/** How a seat ended, in the order of `SeatOutcome`. */
export const SEAT_OUTCOMES = [
  "none",
  "agreed",
  "dissented",
  "withheld",
  "no-show",
  "abstained",
  "released",
  "consoled",
  "undelivered",
] as const satisfies readonly ("none" | SeatOutcomeName)[];
export type SeatOutcome = (typeof SEAT_OUTCOMES)[number];

/** Why a seat has no result; the on-chain code is the position, from 1. */
export const ABSTAIN_REASONS = [
  "input-unavailable",
  "image-invalid",
  "limit-exceeded",
  "killed",
  "engine-unavailable",
  "program-invalid",
  "other",
] as const;
export type AbstainReason = (typeof ABSTAIN_REASONS)[number];

/** Why a reveal was skipped, in the order of `RevealRefusal`. */
export const REVEAL_REFUSALS = [
  "none",
  "wrong-status",
  "window-closed",
  "not-committed",
  "wrong-round",
  "mismatch",
] as const;
export type RevealRefusal = (typeof REVEAL_REFUSALS)[number];

/** Why a signed commitment was skipped, in the order of `CommitRefusal`. */
export const COMMIT_REFUSALS = [
  "none",
  "wrong-status",
  "window-closed",
  "not-seated",
  "empty-commitment",
  "invalid-signature",
] as const;
export type CommitRefusal = (typeof COMMIT_REFUSALS)[number];

/** What a dispute is about, in the order of `DisputeKind`. */
export const DISPUTE_KINDS = ["none", "appeal", "audit", "delivery"] as const;
export type DisputeKind = (typeof DISPUTE_KINDS)[number];

/** States of a dispute, in the order of `DisputeStatus`. */
export const DISPUTE_STATUSES = ["none", "voting", "decided", "closed"] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

export function disputeKindOf(code: number): DisputeKind {
  return DISPUTE_KINDS[code] ?? "none";
}

export function disputeStatusOf(code: number): DisputeStatus {
  return DISPUTE_STATUSES[code] ?? "none";
}

export function taskStatusOf(code: number): TaskStatus {
  return TASK_STATUSES[code] ?? "none";
}

export function endReasonOf(code: number): EndReason {
  return END_REASONS[code] ?? "none";
}

export function seatStatusOf(code: number): SeatStatus {
  return SEAT_STATUSES[code] ?? "none";
}

export function seatOutcomeOf(code: number): SeatOutcome {
  return SEAT_OUTCOMES[code] ?? "none";
}

export function abstainReasonOf(code: number): AbstainReason {
  return ABSTAIN_REASONS[code - 1] ?? "other";
}

/** On-chain code of a reason, 1 to 7. */
export function abstainCodeOf(reason: AbstainReason): number {
  return ABSTAIN_REASONS.indexOf(reason) + 1;
}

export function commitRefusalOf(code: number): CommitRefusal {
  return COMMIT_REFUSALS[code] ?? "none";
}

export function revealRefusalOf(code: number): RevealRefusal {
  return REVEAL_REFUSALS[code] ?? "none";
}
