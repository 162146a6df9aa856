/**
 * The life of an assignment: one task's round as seen by this provider. The chain is the truth; a
 * state says which step is next and what the journal has already promised.
 *
 * - `discovered`   a round opened that might be worth a seat.
 * - `validating`   program and input are fetched, verified and prepared.
 * - `eligible`     everything is ready; waits for its own ticket and its price.
 * - `claiming`     the claim is queued or sent.
 * - `seated`       the seat is held; the round is filling.
 * - `running`      the round is full, or the task is proven without a seat; the program runs.
 * - `ran`          the result is known and its outputs are kept private.
 * - `committing`   the commitment is journaled; its transaction is queued or sent.
 * - `committed`    the commitment stands; waits for the reveal phase.
 * - `revealing`    the reveal is queued or sent.
 * - `revealed`     the tag stands; waits until the vote can be counted.
 * - `settling`     the seat's own part is over; the task must be ended by somebody.
 * - `settled`      the task ended with a result; once that is final, outputs are published or
 *                  thrown away.
 * - `published`    the own result won; it is kept for the retention time.
 * - `expired`      the task ended without a result.
 * - `declining`, `declined`, `abstaining`, `abstained`  as on the chain.
 * - `lost`         no seat was taken; the reason says why.
 * - `released`     nothing of it is left on this machine.
 */
export const ASSIGNMENT_STATES = [
  "discovered",
  "validating",
  "eligible",
  "claiming",
  "seated",
  "running",
  "ran",
  "committing",
  "committed",
  "revealing",
  "revealed",
  "settling",
  "settled",
  "published",
  "expired",
  "declining",
  "declined",
  "abstaining",
  "abstained",
  "lost",
  "released",
] as const;
export type AssignmentState = (typeof ASSIGNMENT_STATES)[number];

/** The task is over, or the seat cannot change any more. */
const ENDS = ["settling", "settled", "expired"] as const;

/**
 * Every allowed transition. A seat that an allocator gave is held without a claim, and a task that is proven
 * without a seat is run without one. Steps backwards are reorgs: the block that proved a state is gone, so
 * the assignment returns to the state that sends the same transaction again.
 */
export const TRANSITIONS: Readonly<Record<AssignmentState, readonly AssignmentState[]>> = {
  discovered: ["validating", "seated", "lost"],
  validating: ["eligible", "seated", "lost"],
  eligible: ["claiming", "running", "seated", "lost"],
  claiming: ["seated", "eligible", "lost"],
  seated: ["running", "ran", "declining", "claiming", ...ENDS],
  running: ["ran", "abstaining", "claiming", "lost", ...ENDS],
  ran: ["committing", "abstaining", "claiming", ...ENDS],
  committing: ["committed", "ran", "claiming", ...ENDS],
  committed: ["revealing", "committing", ...ENDS],
  revealing: ["revealed", "committing", "committed", ...ENDS],
  revealed: ["revealing", "committing", ...ENDS],
  settling: ["settled", "expired", "claiming", "seated", "committing", "revealing", "abstaining"],
  settled: ["published", "settling", "released"],
  published: ["settling", "released"],
  expired: ["settling", "released"],
  declining: ["declined", "seated", "settled", "expired"],
  declined: ["declining", "released"],
  abstaining: ["abstained", "claiming", ...ENDS],
  abstained: ["abstaining", ...ENDS],
  lost: ["released"],
  released: [],
};

/** States that occupy the machine: what the capacity limit counts. */
export const OCCUPYING_STATES: readonly AssignmentState[] = ["claiming", "seated", "running"];

/** States without a seat: a later round or a panel of the same task is open to this provider. */
export const SEATLESS_STATES: readonly AssignmentState[] = [
  "discovered",
  "validating",
  "eligible",
  "lost",
  "released",
];

/** States in which a lock of this provider may be bound, or a duty is open. */
export const BOUND_STATES: readonly AssignmentState[] = [
  "claiming",
  "seated",
  "running",
  "ran",
  "committing",
  "committed",
  "revealing",
  "revealed",
  "declining",
  "abstaining",
];

/** Reason of a move for which the chain has an act of this seat that the journal knows nothing of. */
export const FOUND_ON_CHAIN = "found-on-chain";

export function isAllowed(from: AssignmentState, to: AssignmentState): boolean {
  return TRANSITIONS[from].includes(to);
}
