import type { CID } from "multiformats/cid";
import { StorageError } from "../errors.ts";
import type { Budget } from "./budget.ts";
import { decodeNode, type FileNode, type FolderNode, invalid } from "./decode-node.ts";
import { loadAhead } from "./load-ahead.ts";
import type { LoadBlock } from "./read-file.ts";

export type FolderEntry =
  | { readonly kind: "folder"; readonly path: readonly string[] }
  | { readonly kind: "file"; readonly path: readonly string[]; readonly node: FileNode };

/** Entries of one folder whose first blocks are under way at once. */
const WALK_AHEAD = 16;
const MAX_SHARD_LEVELS = 16;

/**
 * Every file and folder below a folder, each folder before what it holds, names sorted by bytes.
 * Counts entries, depth and declared sizes against the budget before it goes on.
 * @throws StorageError `limit-exceeded`, `path-refused`, `dag-invalid`, `link-refused`, and
 *   whatever `load` throws
 */
export async function* walkFolder(
  root: FolderNode,
  load: LoadBlock,
  budget: Budget,
  path: readonly string[] = [],
): AsyncGenerator<FolderEntry> {
  const entries = await entriesOf(root, load, budget, path.length + 1);
  for await (const { item, loaded } of loadAhead(entries, ({ cid }) => load(cid), WALK_AHEAD)) {
    const node = decodeNode(item.cid, loaded);
    const entryPath = [...path, item.name];
    if (node.kind === "folder") {
      yield { kind: "folder", path: entryPath };
      yield* walkFolder(node, load, budget, entryPath);
    } else {
      budget.spendBytes(node.bytes);
      yield { kind: "file", path: entryPath, node };
    }
  }
}

async function entriesOf(
  root: FolderNode,
  load: LoadBlock,
  budget: Budget,
  depth: number,
): Promise<{ name: string; cid: CID }[]> {
  const byName = new Map<string, CID>();
  for await (const { name, cid } of listShards(root, load, 0)) {
    budget.spendEntry(depth);
    if (byName.has(name)) {
      throw new StorageError("path-refused", `The name ${JSON.stringify(name)} occurs twice`, {
        remedy: "The publisher must publish the folder with distinct names.",
      });
    }
    byName.set(name, cid);
  }
  return [...byName]
    .map(([name, cid]) => ({ name, cid, order: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.order, b.order));
}

async function* listShards(
  node: FolderNode,
  load: LoadBlock,
  level: number,
): AsyncGenerator<{ name: string; cid: CID }> {
  yield* node.entries;
  for await (const { item, loaded } of loadAhead(node.shards, load, WALK_AHEAD)) {
    if (level >= MAX_SHARD_LEVELS) throw invalid(item, "the folder is nested too deeply");
    const shard = decodeNode(item, loaded);
    if (shard.kind !== "folder" || !shard.sharded) throw invalid(item, "it should be a shard");
    if (shard.entries.length + shard.shards.length === 0) throw invalid(item, "a shard is empty");
    yield* listShards(shard, load, level + 1);
  }
}
