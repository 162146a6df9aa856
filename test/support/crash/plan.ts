import type { Point } from "./point.ts";

/** Kills of one task: spread over its life, so that each of its windows sees few of them. */
export type Chain = readonly Point[];

const KILLS_PER_TASK = 4;

/** Every point once, in chains of points far from each other. @param points in the order of a life */
export function chainsOf(points: readonly Point[]): Chain[] {
  const stride = Math.ceil(points.length / KILLS_PER_TASK);
  return Array.from({ length: stride }, (_, first) =>
    points.filter((_, index) => index % stride === first),
  );
}

/** Numbers from 0 to below `bound`, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

/** Some of them, in an order that the seed decides. */
export function sampleOf<T>(
  all: readonly T[],
  count: number,
  random: (bound: number) => number,
): T[] {
  const left = [...all];
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(random(left.length), 1));
  }
  return chosen;
}
