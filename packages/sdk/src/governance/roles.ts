import { keccak256, toHex, zeroHash } from "viem";

/** Roles of OpenZeppelin's TimelockController. */
export const TIMELOCK_ROLES = {
  /** Grants and revokes roles: the timelock itself, and nobody else. */
  admin: zeroHash,
  proposer: keccak256(toHex("PROPOSER_ROLE")),
  canceller: keccak256(toHex("CANCELLER_ROLE")),
  /** Given to the zero address: anyone. */
  executor: keccak256(toHex("EXECUTOR_ROLE")),
} as const;

export type TimelockRole = keyof typeof TIMELOCK_ROLES;
