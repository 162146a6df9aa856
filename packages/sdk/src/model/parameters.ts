/** Governed values that a task keeps from its post to its end; see `contracts/types/Parameters.sol`. */
export interface TaskParameters {
  readonly noShowBps: number;
  readonly declineBps: number;
  readonly failedVoteBps: number;
  readonly protocolFeeBps: number;
  /** Trust steps in tenths. */
  readonly agreeStep: number;
  readonly dissentStep: number;
  readonly noShowStep: number;
  readonly weightCap: number;
  /** Seconds; trust rises at most once per provider and epoch. */
  readonly epoch: number;
  readonly settleWindow: number;
  readonly declineGrace: number;
  /** Thousandths of a DECO. */
  readonly postingFee: number;
  readonly trustMoves: boolean;
  /** Whole DECO. */
  readonly minIdentityStake: number;
  /** Hundredths of a DECO, burned for each progress event. */
  readonly checkpointFee: number;
  /** Seats of a dispute's first panel, and of its second. */
  readonly panelSeats: number;
  readonly widePanelSeats: number;
}

/** Governed values that only `post` and provider accounts read. */
export interface PostParameters {
  /** Thousandths of a DECO. */
  readonly minLock: number;
  /** Seconds. */
  readonly unbond: number;
  readonly minClaimWindow: number;
  readonly minRevealWindow: number;
  readonly trustStart: number;
  readonly maxCallbackGas: number;
}

/** Terms of a payment token. */
export interface TokenParameters {
  readonly listed: boolean;
  /** DECO base units that each base unit of price requires as lock, scaled by 1e18. */
  readonly lockRate: bigint;
  /** Base units. */
  readonly minSettlementFee: bigint;
}
