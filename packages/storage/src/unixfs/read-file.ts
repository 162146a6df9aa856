import type { CID } from "multiformats/cid";
import { decodeNode, type FileNode, invalid } from "./decode-node.ts";
import { loadAhead } from "./load-ahead.ts";

/** Gives a verified block. */
export type LoadBlock = (cid: CID) => Promise<Uint8Array>;

/** Blocks of one level under way at once. */
const READ_AHEAD = 8;
/** With 1024 links a node, a handful of levels hold any file; a longer chain is an attack. */
const MAX_FILE_LEVELS = 32;

/**
 * Streams the content of a file. Each child must have exactly the size its parent declares, so a
 * limit checked against the root's size holds for the stream.
 * @throws StorageError `dag-invalid`, `link-refused`, and whatever `load` throws
 */
export async function* readFileNode(
  node: FileNode,
  load: LoadBlock,
  level = 0,
): AsyncGenerator<Uint8Array> {
  if (node.data.byteLength > 0) yield node.data;
  const children = loadAhead(node.children, ({ cid }) => load(cid), READ_AHEAD);
  for await (const { item, loaded } of children) {
    if (level >= MAX_FILE_LEVELS) throw invalid(item.cid, "the file is nested too deeply");
    const child = decodeNode(item.cid, loaded);
    if (child.kind !== "file") throw invalid(item.cid, "a part of a file is a folder");
    if (child.bytes !== item.bytes) throw invalid(item.cid, "its size is not what its parent says");
    yield* readFileNode(child, load, level + 1);
  }
}
