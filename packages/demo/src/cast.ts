/** Equal trust, so weights are heads. */
const THRESHOLD_BPS = 6_000;
const LEAST_HONEST = 3;

export interface Cast {
  readonly honest: number;
  readonly dishonest: number;
  /** Every executor takes a seat. */
  readonly replicas: number;
  readonly thresholdBps: number;
}

/** The smallest honest majority that passes the threshold against so many liars. */
export function castFor(dishonest: number): Cast {
  let honest = LEAST_HONEST;
  while (honest * 10_000 < THRESHOLD_BPS * (honest + dishonest)) honest += 1;
  return { honest, dishonest, replicas: honest + dishonest, thresholdBps: THRESHOLD_BPS };
}
