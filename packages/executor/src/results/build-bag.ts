import { bagSchema, encodeDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import type { VotedResult } from "../journal/transition.ts";
import { bagRoot } from "./bag-root.ts";

const DIGEST_BYTES = 32;

/**
 * Stores a bag's list of item results and its manifest, privately.
 * @param digests The items' result digests, 32 bytes each, in order.
 */
export async function buildBag(
  storage: Storage,
  digests: Uint8Array,
  signal: AbortSignal,
): Promise<VotedResult> {
  const list = await storage.addBytes(digests, { visibility: "private", signal });
  const root = await bagRoot(digests, signal);
  const count = digests.length / DIGEST_BYTES;
  const manifest = encodeDocument(bagSchema, { deco: "bag/1", count, items: list.cid });
  const { digest } = await storage.addDocument(manifest, { visibility: "private", signal });
  return { digest, root };
}
