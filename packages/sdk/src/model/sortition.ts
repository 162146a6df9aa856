import type { Hex } from "viem";
import { encodeAbiParameters, keccak256 } from "viem";

/** k at the end of the claim window. */
export const FINAL_K = 6;
/** Seats won while k is at most this may raise trust. */
export const EARLY_K = 2;

/** Thousandths of a DECO, the unit in which the chain compares stakes. */
export const MILLI_DECO = 10n ** 15n;

/** A provider's ticket for a round: the lower, the earlier it may claim. */
export function ticketOf(seed: Hex, taskId: Hex, round: number, provider: number): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, { type: "uint256" }],
      [seed, taskId, BigInt(round), BigInt(provider)],
    ),
  );
}

export interface SortitionTerms {
  /** Length of the claim window in seconds. */
  readonly claimWindow: number;
  /** Seats that the round wants. */
  readonly seats: number;
  /** The provider's stake that was active before the post, in base units. */
  readonly stake: bigint;
  /** Total active stake at the post in thousandths of a DECO, rounded up, as the task keeps it. */
  readonly totalStake: bigint;
}

/** Whether a ticket is drawn `elapsed` seconds after its round opened. */
export function isDrawn(ticket: Hex, elapsed: number, terms: SortitionTerms): boolean {
  const stake = terms.stake / MILLI_DECO;
  if (stake === 0n) return false;
  const numerator = BigInt(FINAL_K * elapsed * terms.seats) * stake;
  const denominator = BigInt(terms.claimWindow) * terms.totalStake;
  if (numerator >= denominator) return true;
  return (BigInt(ticket) >> 128n) * denominator < numerator << 128n;
}

/**
 * First second after the opening at which a ticket is drawn.
 * @returns Seconds from 0 to the claim window, or undefined when it is not drawn in this round.
 */
export function drawnAfter(ticket: Hex, terms: SortitionTerms): number | undefined {
  if (!isDrawn(ticket, terms.claimWindow, terms)) return undefined;
  let low = 0;
  let high = terms.claimWindow;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isDrawn(ticket, middle, terms)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** k, the multiple of the seats that is drawn on average, `elapsed` seconds after the opening. */
export function sortitionK(elapsed: number, claimWindow: number): number {
  return (FINAL_K * Math.min(elapsed, claimWindow)) / claimWindow;
}

/** Whether a seat taken now may raise trust. */
export function isEarly(elapsed: number, claimWindow: number): boolean {
  return FINAL_K * elapsed <= EARLY_K * claimWindow;
}
