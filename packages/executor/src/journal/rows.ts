import type { Address, Hash, Hex } from "viem";
import * as z from "zod";

import { ASSIGNMENT_STATES, type AssignmentState } from "../assignments/states.ts";
import type { ReasonCode } from "../reasons/reason.ts";
import type {
  AssignmentFacts,
  BlockRow,
  OfferRow,
  SeatKey,
  TransactionPurpose,
  TransactionStatus,
} from "./transition.ts";

/** An assignment as journaled. */
export interface Assignment {
  readonly key: SeatKey;
  readonly state: AssignmentState;
  readonly reason?: ReasonCode;
  /** ABI-encoded request. */
  readonly request: Hex;
  readonly postedBlock: number;
  readonly facts: AssignmentFacts;
  /** Local clock, milliseconds; for people only. */
  readonly updatedAt: number;
}

export interface Commitment {
  readonly key: SeatKey;
  readonly commitment: Hash;
  readonly tag: Hash;
}

/** A transaction as journaled. */
export interface Transaction {
  readonly id: number;
  readonly key?: SeatKey;
  readonly purpose: TransactionPurpose;
  readonly to: Address;
  readonly data: Hex;
  readonly status: TransactionStatus;
  readonly nonce?: number;
  readonly gas?: bigint;
  /** The attempt that was included. */
  readonly hash?: Hash;
  readonly block?: number;
  readonly blockHash?: Hash;
  readonly success?: boolean;
  readonly gasUsed?: bigint;
  readonly error?: string;
}

/** One signed form of a transaction. */
export interface Attempt {
  readonly hash: Hash;
  readonly raw: Hex;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** Head when it was signed. */
  readonly block: number;
}

export interface HistoryEntry {
  readonly key: SeatKey;
  readonly from?: AssignmentState;
  readonly to: AssignmentState;
  readonly reason?: string;
  readonly at: number;
}

const hex = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-fA-F]*$/.test(value));
const state = z.enum(ASSIGNMENT_STATES);
const voted = z
  .object({ digest: hex, root: hex.optional(), proof: hex.optional(), receipt: hex.optional() })
  .optional();
const facts = z.object({
  result: voted,
  held: voted,
  abstainReason: z.int().optional(),
  retainUntil: z.int().optional(),
  accepted: hex.optional(),
});

// Rows are checked when read: a damaged or foreign database must stop the executor, not steer it.
const assignmentRow = z.object({
  task: hex,
  round: z.int(),
  state,
  reason: z.string().nullable(),
  request: hex,
  posted_block: z.int(),
  facts: z.string().transform((text) => facts.parse(JSON.parse(text))),
  updated_at: z.int(),
});

const transactionRow = z.object({
  id: z.int(),
  task: hex.nullable(),
  round: z.int().nullable(),
  purpose: z.custom<TransactionPurpose>((value) => typeof value === "string"),
  target: hex,
  data: hex,
  status: z.custom<TransactionStatus>((value) => typeof value === "string"),
  nonce: z.int().nullable(),
  gas: z.string().nullable(),
  hash: hex.nullable(),
  block: z.int().nullable(),
  block_hash: hex.nullable(),
  success: z.int().nullable(),
  gas_used: z.string().nullable(),
  error: z.string().nullable(),
});

const attemptRow = z.object({
  hash: hex,
  raw: hex,
  max_fee: z.string(),
  max_priority_fee: z.string(),
  block: z.int(),
});

const blockRow = z.object({ number: z.int(), hash: hex, parent: hex, timestamp: z.int() });
const commitmentRow = z.object({ task: hex, round: z.int(), commitment: hex, tag: hex });
const historyRow = z.object({
  task: hex,
  round: z.int(),
  source: state.nullable(),
  state,
  reason: z.string().nullable(),
  at: z.int(),
});

/** Drops absent members, which the row spells as null. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], null> };
}

export function parseAssignment(row: unknown): Assignment {
  const r = assignmentRow.parse(row);
  return present({
    key: { task: r.task, round: r.round },
    state: r.state,
    reason: r.reason,
    request: r.request,
    postedBlock: r.posted_block,
    facts: r.facts,
    updatedAt: r.updated_at,
  }) as Assignment;
}

export function parseTransaction(row: unknown): Transaction {
  const r = transactionRow.parse(row);
  return present({
    id: r.id,
    key: r.task === null || r.round === null ? null : { task: r.task, round: r.round },
    purpose: r.purpose,
    to: r.target,
    data: r.data,
    status: r.status,
    nonce: r.nonce,
    gas: r.gas === null ? null : BigInt(r.gas),
    hash: r.hash,
    block: r.block,
    blockHash: r.block_hash,
    success: r.success === null ? null : r.success === 1,
    gasUsed: r.gas_used === null ? null : BigInt(r.gas_used),
    error: r.error,
  }) as Transaction;
}

export function parseAttempt(row: unknown): Attempt {
  const r = attemptRow.parse(row);
  return {
    hash: r.hash,
    raw: r.raw,
    maxFeePerGas: BigInt(r.max_fee),
    maxPriorityFeePerGas: BigInt(r.max_priority_fee),
    block: r.block,
  };
}

const offerRow = z.object({
  task: hex,
  round: z.int(),
  request: hex,
  price: z.string().transform(BigInt),
  epoch: z.int(),
  expiry: z.int(),
});

export function parseOffer(row: unknown): OfferRow {
  const { task, round, ...offer } = offerRow.parse(row);
  return { key: { task, round }, ...offer };
}

export function parseBlock(row: unknown): BlockRow {
  return blockRow.parse(row);
}

export function parseCommitment(row: unknown): Commitment {
  const r = commitmentRow.parse(row);
  return { key: { task: r.task, round: r.round }, commitment: r.commitment, tag: r.tag };
}

const seatRow = z.object({ task: hex, round: z.int() });

export function parseSeat(row: unknown): SeatKey {
  return seatRow.parse(row);
}

export function parseHistory(row: unknown): HistoryEntry {
  const r = historyRow.parse(row);
  return present({
    key: { task: r.task, round: r.round },
    from: r.source,
    to: r.state,
    reason: r.reason,
    at: r.at,
  }) as HistoryEntry;
}
