import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import type { Hex } from "viem";
import { bytesToHex, concatBytes, hexToBytes, numberToBytes } from "viem";
import { DecoUsageError } from "../errors/usage-error.ts";
import type { MarketDomain } from "../request.ts";

/** Bytes of a provider's salt secret. It must outlive key rotation: without it a commitment cannot be revealed. */
export const SALT_SECRET_BYTES = 32;

export interface SaltParameters extends MarketDomain {
  readonly secret: Uint8Array;
  readonly taskId: Hex;
  readonly round: number;
}

/**
 * Salt of a commitment: recomputed whenever it is needed, never stored. HMAC-SHA256 under the secret
 * of four words of 32 bytes: chain id, market, task id, round.
 * @throws DecoUsageError `salt-secret-invalid` when the secret has not 32 bytes.
 */
export function saltOf({ secret, chainId, market, taskId, round }: SaltParameters): Hex {
  if (secret.length !== SALT_SECRET_BYTES) {
    throw new DecoUsageError("salt-secret-invalid", `the salt secret has ${secret.length} bytes`, {
      remedy: "Use the 32 random bytes that were made with the provider's keys.",
    });
  }
  const words = concatBytes([
    numberToBytes(chainId, { size: 32 }),
    numberToBytes(BigInt(market), { size: 32 }),
    hexToBytes(taskId, { size: 32 }),
    numberToBytes(round, { size: 32 }),
  ]);
  return bytesToHex(hmac(sha256, secret, words));
}
