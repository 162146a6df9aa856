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

/** Whether a text can be a key; other files in a block folder are not blocks. */
export function isBlockKey(text: string): text is BlockKey {
  try {
    decodeDigest(base32upper.decode(text));
    return true;
  } catch {
    return false;
  }
}
