import type { Need } from "@deco-network/sdk/capacity";
import { type Holding, place, type Resources } from "./resources.ts";

/**
 * What a run is for. `duty`: a judge's seat, or a vote that the chain has already and that must be found again; `seat`: a lock is at
 * stake; `spare`: nothing is, as where a proof is made without a seat.
 */
export type RunClass = "duty" | "seat" | "spare";

/** How urgent a run is. */
export interface Rank {
  readonly class: RunClass;
  /** Second of the chain's clock by which it must have ended. */
  readonly deadline: number;
  /** What a second of it earns, in any unit that is the same for all. */
  readonly perSecond: number;
}

/** Runs that nobody waits for on the chain. */
export const UNHURRIED: Rank = {
  class: "spare",
  deadline: Number.MAX_SAFE_INTEGER,
  perSecond: 0,
};

/** A run that has not begun. */
export interface WaitingRun {
  readonly need: Need;
  readonly rank: Rank;
  /** Runs that asked later and began earlier. */
  readonly passed: number;
}

/** Runs that may begin before one that asked earlier; then it is that one's turn, whatever its rank and size. */
export const MOST_PASSED = 16;

const CLASSES: readonly RunClass[] = ["duty", "seat", "spare"];

/**
 * Which run begins next, and on what; undefined when none can. Duties first, then the earliest deadline, then the best paid, then who
 * asked first. One that does not fit is passed by smaller ones, but only so often: see {@link MOST_PASSED}.
 * @param waiting in the order in which they asked
 */
export function nextRun(
  free: Resources,
  waiting: readonly WaitingRun[],
): { readonly index: number; readonly holding: Holding } | undefined {
  const order = waiting.map((run, index) => ({ ...run, index })).sort(byUrgency);
  for (const { index, need, passed } of order) {
    const placement = place(free, need);
    if (placement.kind === "placed") return { index, holding: placement.holding };
    // What ends meanwhile is kept for it.
    if (passed >= MOST_PASSED) return undefined;
  }
  return undefined;
}

type Indexed = WaitingRun & { readonly index: number };

function byUrgency(a: Indexed, b: Indexed): number {
  const [overdueA, overdueB] = [a.passed >= MOST_PASSED, b.passed >= MOST_PASSED];
  if (overdueA || overdueB) {
    return Number(overdueB) - Number(overdueA) || a.index - b.index;
  }
  return compareRanks(a.rank, b.rank) || a.index - b.index;
}

/** Below zero where `a` is the more urgent. */
export function compareRanks(a: Rank, b: Rank): number {
  return (
    CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class) ||
    a.deadline - b.deadline ||
    b.perSecond - a.perSecond
  );
}
