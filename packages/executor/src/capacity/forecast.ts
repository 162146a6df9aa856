import type { Need } from "@deco-network/sdk/capacity";
import { compareRanks, type Rank } from "./next-run.ts";
import { giveBack, type Holding, place, type Resources, take } from "./resources.ts";

/** Runs that are to be made, all of them alike. */
export interface Job {
  readonly need: Need;
  /** How often it runs; at least 1. */
  readonly runs: number;
  /** What one run is expected to take. */
  readonly millis: number;
  /** Its deadline is in milliseconds from now here. */
  readonly rank: Rank;
}

/** A run that has begun. */
export interface Underway {
  readonly holding: Holding;
  /** Expected until it ends. */
  readonly leftMillis: number;
}

/** Steps into which a job's runs are gathered, for each slot: a bag of a million is not foreseen one by one. */
const STEPS_PER_SLOT = 16;

/**
 * When each job's last run is expected to end, in milliseconds from now, if runs begin as `next-run.ts` has it and nothing else
 * comes. Infinite for a job of which not even one run fits.
 * @param free What is free now.
 */
export function forecast(
  free: Resources,
  underway: readonly Underway[],
  jobs: readonly Job[],
): number[] {
  const slots = free.slots + underway.length;
  const waiting = jobs
    .map((job, index) => ({ index, ...gathered(job, slots) }))
    .sort((a, b) => compareRanks(a.rank, b.rank) || a.index - b.index);
  const ends: number[] = jobs.map(() => Number.POSITIVE_INFINITY);
  let left = free;
  let running: Step[] = underway.map(({ holding, leftMillis }) => ({ holding, at: leftMillis }));
  for (let now = 0; ; ) {
    for (const job of waiting) {
      while (job.runs > 0) {
        const placement = place(left, job.need);
        if (placement.kind === "short") break;
        const { holding } = placement;
        left = take(left, holding);
        const runs = Math.min(job.inOne, job.runs);
        job.runs -= runs;
        running.push({ holding, at: now + runs * job.millis, job });
      }
    }
    if (running.length === 0) return ends;
    now = running.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    for (const { at, holding, job } of running) {
      if (at > now) continue;
      left = giveBack(left, holding);
      if (job && --job.open === 0) ends[job.index] = now;
    }
    running = running.filter(({ at }) => at > now);
  }
}

interface Step {
  readonly holding: Holding;
  /** Milliseconds from now at which it ends. */
  readonly at: number;
  /** Absent for what is under way already. */
  readonly job?: { open: number; readonly index: number };
}

function gathered({ need, runs, millis, rank }: Job, slots: number) {
  const inOne = Math.ceil(runs / (Math.max(1, slots) * STEPS_PER_SLOT));
  return { need, rank, runs, millis, inOne, open: Math.ceil(runs / inOne) };
}
