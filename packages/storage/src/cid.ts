/**
 * CIDs and on-chain digests, free of Node: browsers import this entry.
 */
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create as createDigest } from "multiformats/hashes/digest";
import { StorageError } from "./errors.ts";
import type { CidLike, CidString, DigestHex } from "./storage.ts";

export { isStorageError, StorageError, type StorageErrorCode } from "./errors.ts";
export type { CidLike, CidString, DigestHex } from "./storage.ts";

/** Multicodec code of SHA-256. */
export const SHA2_256 = 0x12;

/** Largest document, and largest leaf of a UnixFS file, in bytes. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;

const DIGEST_PATTERN = /^0x[0-9a-fA-F]{64}$/;

/**
 * The CID (v1, raw, sha2-256) under which IPFS finds the document with this on-chain digest.
 * @throws StorageError `digest-invalid`
 */
export function digestToCid(digest: string): CidString {
  if (!DIGEST_PATTERN.test(digest)) {
    throw new StorageError("digest-invalid", `Not a 32-byte digest: ${shorten(digest)}`, {
      remedy: "Pass 0x followed by 64 hexadecimal digits.",
    });
  }
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index++) {
    bytes[index] = Number.parseInt(digest.slice(2 + 2 * index, 4 + 2 * index), 16);
  }
  return CID.createV1(raw.code, createDigest(SHA2_256, bytes)).toString();
}

/**
 * The on-chain digest of a document's CID.
 * @throws StorageError `cid-invalid` unless the CID is v1, raw, sha2-256: any other does not
 *   identify the bytes by their SHA-256 alone
 */
export function cidToDigest(cid: CidLike): DigestHex {
  const parsed = parseCid(cid);
  if (
    parsed.version !== 1 ||
    parsed.code !== raw.code ||
    parsed.multihash.code !== SHA2_256 ||
    parsed.multihash.digest.byteLength !== 32
  ) {
    throw new StorageError("cid-invalid", `Not the CID of a document: ${parsed.toString()}`, {
      remedy: "A document's CID is version 1 with codec raw and hash sha2-256.",
    });
  }
  let hex = "";
  for (const byte of parsed.multihash.digest) hex += byte.toString(16).padStart(2, "0");
  return `0x${hex}`;
}

/**
 * Reads a CID of any version and codec.
 * @throws StorageError `cid-invalid`
 */
export function parseCid(cid: CidLike): CID {
  try {
    return typeof cid === "string" ? CID.parse(cid) : CID.decode(cid.bytes);
  } catch (cause) {
    throw new StorageError("cid-invalid", `Not a CID: ${shorten(String(cid))}`, {
      remedy: "Pass a CID such as bafkrei… or Qm….",
      cause,
    });
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
