import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import type { Hex } from "viem";
import { bytesToHex, hexToBytes } from "viem";
import { DecoDocumentError } from "./document-error.ts";

const RAW = 0x55;
const DAG_PB = 0x70;
const SHA2_256 = 0x12;

/**
 * CID of the document with this digest: CIDv1, raw codec, sha2-256, in base 32.
 * @param digest SHA-256 of the document's bytes, 32 bytes in hexadecimal.
 * @throws DecoDocumentError `cid-invalid` when the digest has another length.
 */
export function digestToCid(digest: Hex): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(digest)) {
    throw new DecoDocumentError("cid-invalid", `"${digest}" is not 32 bytes in hexadecimal`, {
      remedy: "Pass the SHA-256 digest that stands on the chain.",
    });
  }
  return CID.createV1(RAW, createDigest(SHA2_256, hexToBytes(digest))).toString();
}

/**
 * Digest inside a document's CID, in lower case: the `bytes32` that the chain carries.
 * @throws DecoDocumentError `cid-invalid` when it is no raw CIDv1 with sha2-256 in base 32.
 */
export function cidToDigest(cid: string): Hex {
  const parsed = parseCid(cid);
  if (parsed === undefined || parsed.code !== RAW) {
    throw new DecoDocumentError("cid-invalid", `"${cid}" is not the CID of a document`, {
      remedy: 'Pass a raw CIDv1 with sha2-256; in base 32 such CIDs begin with "bafkrei".',
    });
  }
  return bytesToHex(parsed.multihash.digest);
}

/** Whether the text is a CID that documents may name: CIDv1, raw or dag-pb, sha2-256, in base 32. */
export function isCid(text: string): boolean {
  return parseCid(text) !== undefined;
}

function parseCid(text: string): CID | undefined {
  // 59 characters are what such a CID always has; longer texts are not worth parsing.
  if (text.length !== 59 || !text.startsWith("b")) return undefined;
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch {
    return undefined;
  }
  const fits =
    cid.version === 1 &&
    (cid.code === RAW || cid.code === DAG_PB) &&
    cid.multihash.code === SHA2_256 &&
    cid.multihash.digest.length === 32;
  // Base 32 tolerates stray trailing bits: only the canonical spelling names a document once.
  return fits && cid.toString() === text ? cid : undefined;
}
