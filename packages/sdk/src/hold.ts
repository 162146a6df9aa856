import type { Hex } from "viem";
import { concat, keccak256, numberToHex } from "viem";

/** That a provider holds an order, as the event `OrderHeld` tells it in one word; see `contracts/types/Hold.sol`. */
export interface Hold {
  readonly provider: number;
  /** Index of its reserve. */
  readonly index: number;
  /** Version of the parameters at the hold, by which it ends. */
  readonly version: number;
  /** Of that version. */
  readonly protocolFeeBps: number;
  /** Last second of block time for the holder's proof. */
  readonly until: number;
  /** DECO in the reserve, in base units. */
  readonly amount: bigint;
}

const USED = 2n;
const STATE = 0xffn;

export function unpackHold(word: bigint): Hold {
  const field = (shift: bigint, bits: bigint) => Number((word >> shift) & ((1n << bits) - 1n));
  return {
    ...{ provider: field(0n, 32n), index: field(32n, 8n), version: field(40n, 16n) },
    ...{ protocolFeeBps: field(56n, 16n), until: field(72n, 40n), amount: word >> 112n },
  };
}

/** The word of a reserve while an order uses it: what the market keeps of order and hold. */
export function heldWordOf(taskId: Hex, hold: bigint): bigint {
  const digest = BigInt(keccak256(concat([taskId, numberToHex(hold, { size: 32 })])));
  return (digest & ~STATE) | USED;
}

/** What a reserve's word says. */
export type Reserve =
  | { readonly state: "none" | "used" }
  /** `amount`: DECO in it, in base units; no order may lock more. */
  | { readonly state: "free"; readonly amount: bigint };

export function unpackReserve(word: bigint): Reserve {
  if (word === 0n) return { state: "none" };
  if ((word & STATE) === USED) return { state: "used" };
  return { state: "free", amount: word >> 8n };
}
