import { createHash } from "node:crypto";
import type { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { SHA2_256 } from "../cid.ts";
import { StorageError } from "../errors.ts";

/** Most bytes an identity CID may carry in itself. */
const MAX_IDENTITY_BYTES = 128;

/**
 * Refuses CIDs whose blocks could not be verified here.
 * @throws StorageError `cid-invalid`
 */
export function requireVerifiable(cid: CID): void {
  const { code, digest } = cid.multihash;
  if (code === SHA2_256 && digest.byteLength === 32) return;
  if (code === identity.code && digest.byteLength <= MAX_IDENTITY_BYTES) return;
  throw new StorageError("cid-invalid", `Unsupported hash in CID ${cid.toString()}`, {
    remedy: "Use sha2-256, which every profile of UnixFS used here produces.",
  });
}

/** Whether `bytes` are what a verifiable CID names. */
export function blockMatches(cid: CID, bytes: Uint8Array): boolean {
  const { code, digest } = cid.multihash;
  const actual = code === identity.code ? bytes : createHash("sha256").update(bytes).digest();
  return Buffer.compare(actual, digest) === 0;
}

/** The bytes an identity CID carries; undefined for any other CID. */
export function inlineBlock(cid: CID): Uint8Array | undefined {
  return cid.multihash.code === identity.code ? cid.multihash.digest : undefined;
}
