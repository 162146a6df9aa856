import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { fitsInline, type ResultDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

/** What a run's /out becomes in its result document; undefined when it is empty. */
export type Outputs = NonNullable<ResultDocument["outputs"]>;

interface OutputFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Embeds small outputs and stores large ones, privately until the result is accepted. Engines
 * leave regular files and folders only; anything else is refused by the storage.
 */
export async function collectOutputs(
  storage: Storage,
  folder: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Outputs | undefined> {
  const files = await listFiles(folder, "");
  signal.throwIfAborted();
  if (files.length === 0) return undefined;
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  if (!fitsInline(total, files.length)) {
    const { cid, bytes } = await storage.addFolder(folder, {
      visibility: "private",
      maxBytes,
      signal,
    });
    return { cid, bytes };
  }
  const sorted = files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const inline = [];
  for (const { path } of sorted) {
    inline.push({ path, base64: await readFile(join(folder, path), "base64") });
  }
  return { inline };
}

async function listFiles(root: string, under: string): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  const entries: Dirent[] = await readdir(join(root, under), { withFileTypes: true });
  for (const entry of entries) {
    const path = under === "" ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listFiles(root, path)));
    else files.push({ path, bytes: (await stat(join(root, path))).size });
  }
  return files;
}
