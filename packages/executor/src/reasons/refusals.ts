import type { Hash } from "viem";

import type { ReasonCode } from "./reason.ts";

/** Where a "no" was said. */
export type RefusalSource =
  /** No seat was taken of a round that opened on the chain. */
  | "market"
  /** An allocator's question was answered with no. */
  | "offer"
  /** A seat was held and gave no result. */
  | "run";

/** One "no" to one task. */
export interface Refusal {
  readonly task: Hash;
  readonly round: number;
  readonly source: RefusalSource;
  readonly code: ReasonCode;
  /** What exactly, for people: an error's message. */
  readonly detail?: string;
}

/** Takes every "no": to remember it, to count it. */
export type NoteRefusal = (refusal: Refusal) => void;
