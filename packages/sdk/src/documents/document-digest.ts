import type { Hex } from "viem";
import { sha256 } from "viem";

/** SHA-256 of a document's canonical bytes: its name on the chain and inside its CID. */
export function documentDigest(bytes: Uint8Array): Hex {
  return sha256(bytes);
}
