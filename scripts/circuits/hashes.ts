import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { keysFolder, verifiersFolder } from "./circuits.ts";

const hashesFile = join(keysFolder, "hashes.json");

/** SHA-256 of a file, in hexadecimal. */
export async function fileDigest(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Digests of every published file: keys, witness generators, transcript, emitted verifiers. */
export async function publishedHashes(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const folder of [keysFolder, verifiersFolder]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
    for (const path of paths.sort()) {
      if (path === hashesFile) continue;
      hashes[relative(projectRoot, path)] = await fileDigest(path);
    }
  }
  return hashes;
}

export async function readHashes(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(hashesFile, "utf8")) as Record<string, string>;
}

export async function writeHashes(): Promise<void> {
  await writeFile(hashesFile, `${JSON.stringify(await publishedHashes(), null, 2)}\n`);
}
