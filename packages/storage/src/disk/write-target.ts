import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StorageError } from "../errors.ts";
import type { FileNode } from "../unixfs/decode-node.ts";
import { type LoadBlock, readFileNode } from "../unixfs/read-file.ts";
import type { FolderEntry } from "../unixfs/walk-folder.ts";
import { errnoOf } from "./disk-errors.ts";

/**
 * Writes a file so that it appears complete or not at all.
 * @throws StorageError `target-exists`, `target-unwritable`, `disk-full`, and those of reading
 */
export async function writeFileTarget(
  path: string,
  node: FileNode,
  load: LoadBlock,
): Promise<void> {
  const target = resolve(path);
  if (await exists(target)) throw targetExists(target);
  await withPartial(target, async (partial) => {
    await writeContent(partial, node, load);
    await rename(partial, target);
  });
}

/**
 * Writes a folder so that it appears complete or not at all. `target` is absent or empty.
 * @throws StorageError as {@link writeFileTarget}
 */
export async function writeFolderTarget(
  target: string,
  entries: AsyncIterable<FolderEntry>,
  load: LoadBlock,
): Promise<void> {
  const resolved = resolve(target);
  await requireAbsentOrEmpty(resolved);
  await withPartial(resolved, async (partial) => {
    await mkdir(partial);
    for await (const entry of entries) {
      // Names were checked one by one, so joining them cannot leave the folder.
      const path = join(partial, ...entry.path);
      if (entry.kind === "folder") await mkdir(path);
      else await writeContent(path, entry.node, load);
    }
    // Replaces an empty folder, and no other.
    await rename(partial, resolved);
  });
}

/** Runs `write` on a fresh path beside the target, and leaves nothing there when it fails. */
async function withPartial(
  target: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = join(
    dirname(target),
    `.${basename(target).slice(0, 100)}.${randomUUID()}.partial`,
  );
  try {
    await write(partial);
  } catch (error) {
    // What kept it from being written can also keep it from being removed; the first tells more.
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw targetError(target, error);
  }
}

async function writeContent(path: string, node: FileNode, load: LoadBlock): Promise<void> {
  // "wx": on a file system that ignores case, two names can be one; the second must not win.
  const handle = await open(path, "wx");
  try {
    for await (const chunk of readFileNode(node, load)) {
      for (let offset = 0; offset < chunk.byteLength; ) {
        offset += (await handle.write(chunk, offset)).bytesWritten;
      }
    }
  } finally {
    await handle.close();
  }
}

async function requireAbsentOrEmpty(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length > 0) throw targetExists(path);
  } catch (error) {
    ignoreAbsentOrRethrow(path, error);
  }
}

function ignoreAbsentOrRethrow(path: string, error: unknown): void {
  if (errnoOf(error) === "ENOENT") return;
  throw errnoOf(error) === "ENOTDIR" ? targetExists(path) : targetError(path, error);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function targetExists(path: string): StorageError {
  return new StorageError("target-exists", `${path} exists already`, {
    remedy: "Choose another path, or move what is there away.",
  });
}

function targetError(target: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (error instanceof StorageError || errno === undefined) return error;
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new StorageError("disk-full", `No room left for ${target}`, {
      remedy: "Free disk space, or choose another folder.",
      cause: error,
    });
  }
  if (errno === "ENOTEMPTY") return targetExists(target);
  if (errno === "EEXIST") {
    return new StorageError("path-refused", `Two names of ${target} are one here`, {
      remedy: "Download to a file system that tells names apart by case.",
      cause: error,
    });
  }
  return new StorageError("target-unwritable", `Cannot write ${target} (${errno})`, {
    remedy: "Check that the folder above it exists and that this user may write there.",
    cause: error,
  });
}
