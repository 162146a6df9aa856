import { bagResultOf } from "@deco-network/sdk";
import type { Hash, Hex } from "viem";

import type { VotedResult } from "../journal/transition.ts";

/** What replicas vote on: the document's digest, or the hash of root and manifest for a bag. */
export function resultOf({ digest, root }: VotedResult): Hash {
  return root === undefined ? digest : bagResultOf(root, digest);
}

/** Characters of the 26 bytes of a result that the chain keeps after the end. */
const KEPT = 2 + 52;

/** Whether a result is the one whose beginning the chain has kept. */
export function sameKept(result: Hash, kept: Hex): boolean {
  return result.slice(0, KEPT) === kept.slice(0, KEPT);
}
