/** The trust index runs from 1.0 to 10.0, in tenths. */
export const MIN_TRUST = 10;
export const MAX_TRUST = 100;

const MAX_DEBT = 65_535;

/** A provider's trust: index and debt in tenths, and the epoch of its last rise. */
export interface TrustState {
  readonly trust: number;
  /** Faults below 1.0, which later gains repay first. */
  readonly debt: number;
  readonly raisedEpoch: number;
}

/**
 * One rise, at most once per epoch; repaying a debt is a rise.
 * @param epoch Number of the current epoch: block time divided by the epoch's length, rounded down.
 */
export function raiseTrust(state: TrustState, step: number, epoch: number): TrustState {
  if (epoch <= state.raisedEpoch) return state;
  const repaid = Math.min(step, state.debt);
  return {
    trust: Math.min(MAX_TRUST, state.trust + step - repaid),
    debt: state.debt - repaid,
    raisedEpoch: epoch,
  };
}

/** One fall; what goes below 1.0 becomes debt. */
export function lowerTrust(state: TrustState, step: number): TrustState {
  const room = state.trust - MIN_TRUST;
  if (step <= room) return { ...state, trust: state.trust - step };
  return { ...state, trust: MIN_TRUST, debt: Math.min(MAX_DEBT, state.debt + step - room) };
}
