import type { Address, Hash, Hex } from "viem";
import * as z from "zod";

/** A seat whose vote was fixed. */
export interface ProtectedCommitment {
  readonly task: Hash;
  readonly round: number;
  readonly commitment: Hash;
  readonly tag: Hash;
}

/** A seat that was claimed, or taken by an allocator's word. */
export interface ProtectedSeat {
  readonly task: Hash;
  readonly round: number;
}

/** What must never be forgotten or contradicted: the history that protects the stake. */
export interface Protection {
  readonly commitments: readonly ProtectedCommitment[];
  readonly seats: readonly ProtectedSeat[];
}

/** Everything in a backup that is not on the chain; results and images are not. */
export interface BackupContent extends Protection {
  readonly deco: typeof CONTENT_FORMAT;
  readonly chainId: number;
  readonly market: Address;
  readonly operator: Address;
  /** The secret that every salt derives from. */
  readonly saltSecret: Hex;
  /** age identity of private tasks; absent in older backups. */
  readonly ageIdentity?: string | undefined;
  /** Where the operator key was, which is not in here. */
  readonly keyFile?: string | undefined;
  /** Seconds since 1970, for people. */
  readonly madeAt: number;
}

export const CONTENT_FORMAT = "provider-backup/1";

const bytes = (length: number) =>
  z.custom<Hex>(
    (value) => typeof value === "string" && new RegExp(`^0x[0-9a-f]{${2 * length}}$`).test(value),
  );
const seat = { task: bytes(32), round: z.int().min(1).max(255) };

export const contentSchema = z.strictObject({
  deco: z.literal(CONTENT_FORMAT),
  chainId: z.int().positive(),
  market: bytes(20),
  operator: bytes(20),
  saltSecret: bytes(32),
  ageIdentity: z.string().startsWith("AGE-SECRET-KEY-").optional(),
  keyFile: z.string().optional(),
  madeAt: z.int().min(0),
  commitments: z.array(z.strictObject({ ...seat, commitment: bytes(32), tag: bytes(32) })),
  seats: z.array(z.strictObject(seat)),
});
