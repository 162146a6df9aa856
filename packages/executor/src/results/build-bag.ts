import { bagSchema, bagTree, encodeDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import type { VotedResult } from "../journal/transition.ts";

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
  const { root, count } = bagTree(digests);
  const manifest = encodeDocument(bagSchema, { deco: "bag/1", count, items: list.cid });
  const { digest } = await storage.addDocument(manifest, { visibility: "private", signal });
  return { digest, root };
}
