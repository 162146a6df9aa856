/** A provider's bonded stake and how much of it has been there for long, in base units of DECO. */
export interface StakeState {
  readonly active: bigint;
  /** Lower bound of what was active at every moment before `since`. */
  readonly aged: bigint;
  /** Second at which `active - aged` was added last. */
  readonly since: number;
}

/** Stake that counts for a task posted at second `postedAt`. */
export function stakeBefore(stake: StakeState, postedAt: number): bigint {
  return stake.since < postedAt ? stake.active : stake.aged;
}
