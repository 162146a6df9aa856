import { parseEther } from "viem";

/** `TaskParameters` of a local chain: windows short enough to watch a task from post to end. */
export const LOCAL_TASK_PARAMETERS = {
  noShowBps: 1_000,
  declineBps: 50,
  failedVoteBps: 1_000,
  protocolFeeBps: 0,
  agreeStep: 1,
  dissentStep: 10,
  noShowStep: 5,
  weightCap: 3,
  /** One rise in trust per second: a demonstration shows it moving. */
  epoch: 1,
  settleWindow: 6,
  declineGrace: 5,
  /** Thousandths of a DECO. */
  postingFee: 1_000,
  trustMoves: true,
  minIdentityStake: 1_000,
  /** Hundredths of a DECO. */
  checkpointFee: 1,
  /** Small panels: a local network has few providers. */
  panelSeats: 3,
  widePanelSeats: 5,
} as const;

/** `PostParameters` of a local chain. */
export const LOCAL_POST_PARAMETERS = {
  /** Thousandths of a DECO. */
  minLock: 10_000,
  /** Tasks live at most half of it: two hours. */
  unbond: 14_400,
  minClaimWindow: 1,
  minRevealWindow: 1,
  trustStart: 10,
  maxCallbackGas: 1_000_000,
} as const;

/** Terms of DECO as a payment token: a lock of at least the price. */
export const LOCAL_TOKEN_PARAMETERS = {
  listed: true,
  lockRate: parseEther("1"),
  minSettlementFee: parseEther("0.01"),
} as const;
