import { bagResultOf } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { VotedResult } from "../journal/transition.ts";

/** What replicas vote on: the document's digest, or the hash of root and manifest for a bag. */
export function resultOf({ digest, root }: VotedResult): Hash {
  return root === undefined ? digest : bagResultOf(root, digest);
}
