import { base32upper } from "multiformats/bases/base32";
import type { CID } from "multiformats/cid";
import { decode as decodeDigest } from "multiformats/hashes/digest";

/**
 * Names a block by its multihash, so that one set of bytes is stored once whatever codec its CIDs
 * give it.
 */
export type BlockKey = string;

export function blockKey(cid: CID): BlockKey {
  return base32upper.encode(cid.multihash.bytes);
}

/** The multihash behind a key, or undefined when the text is none. */
export function keyToMultihash(key: BlockKey): { code: number; digest: Uint8Array } | undefined {
  try {
    return decodeDigest(base32upper.decode(key));
  } catch {
    return undefined;
  }
}
