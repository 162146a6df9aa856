import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** SHA-256 over a file, or over a folder's names and files in one order, in hexadecimal. Nothing that is neither is expected. */
export async function contentDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await add(hash, path, "");
  return hash.digest("hex");
}

async function add(hash: Hash, path: string, name: string): Promise<void> {
  const stat = await lstat(path);
  // Lengths before texts and contents: no two trees give the same bytes.
  hash.update(JSON.stringify([name, stat.isDirectory() ? "folder" : stat.size]));
  if (!stat.isDirectory()) {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return;
  }
  const children = (await readdir(path)).sort();
  hash.update(JSON.stringify(children.length));
  for (const child of children) await add(hash, join(path, child), child);
}
