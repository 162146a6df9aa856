import { FINAL_K } from "../model/sortition.ts";

export interface FillParameters {
  /** Stakes of the providers that can take a seat, in any unit. */
  readonly stakes: readonly bigint[];
  /** All active stake, in the same unit. */
  readonly totalStake: bigint;
  readonly seats: number;
  /** Seconds. */
  readonly claimWindow: number;
}

export interface FillEstimate {
  /** Chance that the round fills, if every provider that can take a seat wants it: 0 to 1. */
  readonly probability: number;
  /** Second at which it is full with a chance of one half; absent when it never is. */
  readonly medianSeconds?: number;
}

/**
 * How soon sortition fills a round. Each provider is drawn by a second with the chance
 * min(1, k x seats x stake / total); the round is full when as many are drawn as it has seats. Real
 * providers need a few seconds more, to verify the input and to get their claim mined.
 */
export function fillEstimate({
  stakes,
  totalStake,
  seats,
  claimWindow,
}: FillParameters): FillEstimate {
  const shares = stakes.map((stake) => ratio(stake, totalStake));
  const filledBy = (second: number) => {
    const k = (FINAL_K * second) / claimWindow;
    return chanceOfAtLeast(
      seats,
      shares.map((share) => Math.min(1, k * seats * share)),
    );
  };
  const probability = filledBy(claimWindow);
  if (probability < 0.5) return { probability };
  let low = 0;
  let high = claimWindow;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (filledBy(middle) >= 0.5) high = middle;
    else low = middle + 1;
  }
  return { probability, medianSeconds: low };
}

/** Chance that at least `count` of independent events happen. */
export function chanceOfAtLeast(count: number, chances: readonly number[]): number {
  if (count <= 0) return 1;
  // fewer[i]: chance that exactly i happened so far, for i below `count`.
  const fewer = new Array<number>(count).fill(0);
  fewer[0] = 1;
  for (const chance of chances) {
    for (let i = count - 1; i >= 0; i--) {
      fewer[i] = (fewer[i] ?? 0) * (1 - chance) + (i === 0 ? 0 : (fewer[i - 1] ?? 0) * chance);
    }
  }
  return Math.max(0, 1 - fewer.reduce((sum, value) => sum + value, 0));
}

/** Two amounts as a number between 0 and 1; precise to nine digits, which is plenty for an estimate. */
export function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000_000n) / whole) / 1e9;
}
