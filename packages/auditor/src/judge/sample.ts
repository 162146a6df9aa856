import { randomInt } from "node:crypto";

/** A number below `bound` that nobody can foresee. */
export type Draw = (bound: number) => number;

const SHARE = 1_000_000;
/** Who could foresee the draw would lie where nobody looks. */
const unpredictably: Draw = (bound) => randomInt(bound);

/** Whether a task falls into a share of all, between 0 and 1. */
export function isChosen(share: number, draw: Draw = unpredictably): boolean {
  return draw(SHARE) < Math.round(share * SHARE);
}

/** Up to `count` different items of a bag, ascending. */
export function chooseItems(volume: number, count: number, draw: Draw = unpredictably): number[] {
  if (count >= volume) return Array.from({ length: volume }, (_, index) => index);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(draw(volume));
  return [...chosen].sort((a, b) => a - b);
}
