import type { Hash, Hex } from "viem";

import type { AssignmentState } from "../assignments/states.ts";
import type { Protection } from "../backup/content.ts";

/** One task's round: what an assignment, a commitment and their transactions belong to. */
export interface SeatKey {
  /** Task id. */
  readonly task: Hash;
  readonly round: number;
}

/** What the run produced, as voted, with the receipt that goes with it. */
export interface VotedResult {
  /** SHA-256 of the result document, or of a bag's manifest. */
  readonly digest: Hash;
  /** Merkle root over the item results; absent for a single run. */
  readonly root?: Hash;
  /** What shows it to the task's policy; absent where results are voted on. */
  readonly proof?: Hex;
  /** Digest of the signed receipt of its runs; nobody votes on it. */
  readonly receipt?: Hash;
}

/** Facts of an assignment that are learnt on the way. */
export interface AssignmentFacts {
  readonly result?: VotedResult;
  /** Reason code of an abstention, as on-chain. */
  readonly abstainReason?: number;
  /** Second of the chain's clock until which the published results are kept. */
  readonly retainUntil?: number;
  /** Another's result that is pinned here: a panel about delivery has fetched it. */
  readonly held?: VotedResult;
  /** Result that the chain accepted, with how the own seat ended. */
  readonly accepted?: Hash;
}

/** What a transaction does; one of a kind is under way per assignment. */
export type TransactionPurpose =
  | "claim"
  | "decline"
  | "abstain"
  | "commit"
  | "reveal"
  | "settle"
  | "escalate"
  | "expire"
  | "finalize"
  | "audit"
  | "show-leaf"
  | "deliver"
  | "checkpoint"
  | "reseed"
  | "describe"
  | "seed"
  /** Uses a nonce that nothing else does, so that what stands behind it can be included. */
  | "fill-gap";

/**
 * - `queued`    journaled, not signed.
 * - `sent`      signed with a nonce; offered to the network until something uses that nonce.
 * - `included`  in a block of the followed chain; may still be rolled back.
 * - `final`     included deep enough.
 * - `refused`   the simulation reverted; nothing was signed.
 * - `dropped`   not needed any more before it was signed.
 */
export type TransactionStatus = "queued" | "sent" | "included" | "final" | "refused" | "dropped";

export interface BlockRow {
  readonly number: number;
  readonly hash: Hash;
  readonly parent: Hash;
  /** Seconds. */
  readonly timestamp: number;
}

/** A signed offer for one seat of one task. */
export interface OfferRow {
  /** The round that was open, or about to open. */
  readonly key: SeatKey;
  /** ABI-encoded request. */
  readonly request: Hex;
  /** Base units of the request's token. */
  readonly price: bigint;
  /** The provider's offer epoch when it was signed. */
  readonly epoch: number;
  /** Last second at which it gives a seat. */
  readonly expiry: number;
}

/** Every change of state that the executor can make; the journal has no other way in. */
export type Transition =
  | {
      readonly kind: "assignment-opened";
      readonly key: SeatKey;
      /** ABI-encoded request. */
      readonly request: Hex;
      /** Block of the task's post, from which its events are read. */
      readonly postedBlock: number;
    }
  | {
      readonly kind: "assignment-moved";
      readonly key: SeatKey;
      readonly from: AssignmentState;
      readonly to: AssignmentState;
      /** Stable code: why, where there is more than one way here. */
      readonly reason?: string;
      readonly facts?: AssignmentFacts;
    }
  /** Forgets a released assignment, with its transactions and history; its commitment stays. */
  | { readonly kind: "assignment-forgotten"; readonly key: SeatKey }
  | {
      readonly kind: "commitment-made";
      readonly key: SeatKey;
      readonly commitment: Hash;
      readonly tag: Hash;
    }
  /** What a backup knew of votes and seats is known here as well; nothing known is dropped. */
  | ({ readonly kind: "protection-merged" } & Protection)
  /** A seat was promised to the task's allocator; replaces an earlier promise for the same task. */
  | ({ readonly kind: "offer-made" } & OfferRow)
  /** Forgets offers that ended before this second. */
  | { readonly kind: "offers-forgotten"; readonly before: number }
  | {
      readonly kind: "transaction-queued";
      /** Absent for the provider's own affairs. */
      readonly key?: SeatKey;
      readonly purpose: TransactionPurpose;
      readonly to: Hex;
      readonly data: Hex;
    }
  | {
      readonly kind: "transaction-signed";
      readonly id: number;
      readonly nonce: number;
      readonly hash: Hash;
      readonly raw: Hex;
      readonly gas: bigint;
      readonly maxFeePerGas: bigint;
      readonly maxPriorityFeePerGas: bigint;
      /** Head when it was signed: the age that fee bumps go by. */
      readonly block: number;
    }
  | {
      readonly kind: "transaction-included";
      readonly id: number;
      readonly hash: Hash;
      readonly block: number;
      readonly blockHash: Hash;
      readonly success: boolean;
      readonly gasUsed: bigint;
    }
  /** The block of the receipt is gone: back to `sent`. */
  | { readonly kind: "transaction-rolled-back"; readonly id: number }
  | {
      readonly kind: "transaction-finalized";
      readonly id: number;
      /** What it cost, by the day (UTC) of the chain's clock. */
      readonly cost?: { readonly day: number; readonly wei: bigint };
    }
  | {
      readonly kind: "transaction-refused";
      readonly id: number;
      /** Name of the contract's error, or a code of the queue. */
      readonly error: string;
    }
  | { readonly kind: "transaction-dropped"; readonly id: number }
  /** Something else used its nonce: back to `queued`, to be judged anew. */
  | { readonly kind: "transaction-displaced"; readonly id: number }
  | { readonly kind: "blocks-followed"; readonly blocks: readonly BlockRow[] }
  /** Blocks above this number left the chain. */
  | { readonly kind: "blocks-rolled-back"; readonly above: number };

/** A transaction on its way into the journal. */
export type QueuedTransaction = Extract<Transition, { kind: "transaction-queued" }>;
