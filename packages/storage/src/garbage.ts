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

/**
 * Drops staged roots and those of their blocks that no other staged root shares. All at once: what
 * the others share has to be found out each time.
 */
export async function discardStaged(
  blocks: LocalBlocks,
  catalogue: Catalogue,
  roots: readonly CID[],
  signal: AbortSignal,
): Promise<void> {
  if (roots.length === 0) return;
  await blocks.whileCollecting(async () => {
    const names = roots.map((root) => root.toString());
    const discarded = await reachable(blocks, names, signal);
    for (const name of names) catalogue.unstage(name);
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
