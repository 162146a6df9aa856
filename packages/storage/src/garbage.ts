import type { CID } from "multiformats/cid";
import { type BlockKey, blockKey } from "./blocks/block-key.ts";
import type { LocalBlocks } from "./blocks/local-blocks.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import { parseCid } from "./cid.ts";
import { isStorageError } from "./errors.ts";
import type { CidString, GarbageReport } from "./storage.ts";
import { listDag } from "./unixfs/walk-dag.ts";

/** Removes what no pin, no staged root and no operation under way needs. */
export async function collectGarbage(
  blocks: LocalBlocks,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<GarbageReport> {
  return blocks.whileCollecting(async () => {
    const keep = await reachable(blocks, [...catalogue.pins(), ...catalogue.staged()], signal);
    const isKept = (key: BlockKey) => keep.has(key);
    const fromPublic = await blocks.sweep("public", isKept, signal);
    const fromStaged = await blocks.sweep("private", isKept, signal);
    return {
      removedBlocks: fromPublic.removedBlocks + fromStaged.removedBlocks,
      removedBytes: fromPublic.removedBytes + fromStaged.removedBytes,
      keptBlocks: fromPublic.keptBlocks + fromStaged.keptBlocks,
    };
  });
}

/** Drops a staged root and those of its blocks that no other staged root shares. */
export async function discardStaged(
  blocks: LocalBlocks,
  catalogue: Catalogue,
  root: CID,
  signal: AbortSignal,
): Promise<void> {
  await blocks.whileCollecting(async () => {
    const discarded = await reachable(blocks, [root.toString()], signal);
    catalogue.unstage(root.toString());
    const shared = await reachable(blocks, catalogue.staged(), signal);
    await blocks.removeStaged([...discarded].filter((key) => !shared.has(key)));
  });
}

async function reachable(
  blocks: LocalBlocks,
  roots: readonly CidString[],
  signal: AbortSignal,
): Promise<Set<BlockKey>> {
  const keys = new Set<BlockKey>();
  for (const root of roots) {
    for await (const cid of listTolerantly(parseCid(root), blocks)) {
      signal.throwIfAborted();
      keys.add(blockKey(cid));
    }
  }
  return keys;
}

/** A single pinned block may be of a codec that has no links we know; it still is kept. */
async function* listTolerantly(root: CID, blocks: LocalBlocks): AsyncGenerator<CID> {
  try {
    yield* listDag(root, (cid) => blocks.load(cid));
  } catch (error) {
    if (!isStorageError(error, "dag-invalid") && !isStorageError(error, "cid-invalid")) throw error;
  }
}
