import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FolderNode } from "../host/tree-nodes.ts";

/**
 * Writes the guest's `/out` to an empty folder of the machine and returns the bytes written.
 * Folders without files are left out, since a result cannot name them. Names come from the
 * guest's tree, where none is `.`, `..` or holds a slash or NUL.
 */
export function writeOutputs(folder: FolderNode, target: string): number {
  let bytes = 0;
  for (const [name, node] of folder.entries) {
    const path = join(target, name);
    if (node.kind === "folder") {
      bytes += writeOutputs(node, path);
      continue;
    }
    mkdirSync(target, { recursive: true });
    writeFileSync(path, node.content, { flag: "wx", mode: 0o644 });
    bytes += node.size;
  }
  return bytes;
}
