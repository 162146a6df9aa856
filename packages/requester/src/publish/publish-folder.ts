import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { RequesterError } from "../errors.ts";
import type { FolderSource } from "../job/draft.ts";
import type { Sink } from "./sink.ts";

/**
 * Adds the input's folder.
 * @returns its CID
 * @throws RequesterError `job-invalid` for a path that leaves the folder; StorageError for what is on disk
 */
export async function publishFolder(sink: Sink, source: FolderSource): Promise<string> {
  if (source.kind === "stored") {
    await sink.keep(source.cid);
    return source.cid;
  }
  return await onDisk(source, async (path) => (await sink.folder(path)).cid);
}

/**
 * Uses a folder by its path; files in memory take a short detour over the disk.
 * @throws RequesterError `job-invalid` for a path that leaves the folder, and whatever `use` throws
 */
export async function onDisk<T>(
  source: Exclude<FolderSource, { kind: "stored" }>,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (source.kind === "folder") return await use(source.path);
  const folder = await mkdtemp(join(tmpdir(), "deco-input-"));
  try {
    for (const [path, bytes] of source.files) {
      refuseEscape(path);
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuseEscape(path: string): void {
  const names = path.split(/[/\\]/);
  if (names.every((name) => name !== "" && name !== "." && name !== "..")) return;
  throw new RequesterError("job-invalid", `"${path}" is no path inside an input folder.`, {
    remedy: "Use relative paths with forward slashes and without . or .. in them.",
  });
}
