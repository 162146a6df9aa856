import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { StorageError } from "../errors.ts";
import type { Budget } from "../unixfs/budget.ts";
import { type BuiltNode, buildFile, type PutBlock } from "../unixfs/build-file.ts";
import { type BuiltEntry, buildFolder } from "../unixfs/build-folder.ts";
import { checkEntryName } from "../unixfs/entry-name.ts";
import { loadAhead } from "../unixfs/load-ahead.ts";
import { CHUNK_BYTES } from "../unixfs/profile.ts";
import { errnoOf } from "./disk-errors.ts";

export interface SourceContext {
  readonly put: PutBlock;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

export interface BuiltFolder extends BuiltNode {
  readonly files: number;
}

/**
 * Builds the DAG of a regular file on disk.
 * @throws StorageError `link-refused`, `special-file-refused`, `not-a-file`, `limit-exceeded`,
 *   `source-unreadable`
 */
export async function buildFileFromDisk(path: string, context: SourceContext): Promise<BuiltNode> {
  const { handle, size } = await openRegularFile(path);
  try {
    return await buildFile(chunksOf(handle, path, size, context), context.put);
  } finally {
    await handle.close();
  }
}

/**
 * Builds the DAG of a folder on disk, the deepest folders first.
 * @throws StorageError `not-a-folder`, `link-refused`, `special-file-refused`, `path-refused`,
 *   `limit-exceeded`, `source-unreadable`
 */
export async function buildFolderFromDisk(
  path: string,
  context: SourceContext,
): Promise<BuiltFolder> {
  const kind = await kindOf(path);
  if (kind === "folder") return buildLevel(path, 1, context);
  throw kind === "file" ? notAFolder(path) : refused(path, kind);
}

async function buildLevel(
  folder: string,
  depth: number,
  context: SourceContext,
): Promise<BuiltFolder> {
  const entries: BuiltEntry[] = [];
  const fileNames: string[] = [];
  let files = 0;
  const names = await namesIn(folder);
  const kinds = loadAhead(names, (name) => kindOf(join(folder, name)), FILES_AT_ONCE);
  for await (const { item: name, loaded: kind } of kinds) {
    context.signal.throwIfAborted();
    context.budget.spendEntry(depth);
    if (kind === "file") {
      fileNames.push(name);
    } else if (kind === "folder") {
      const built = await buildLevel(join(folder, name), depth + 1, context);
      files += built.files;
      entries.push({ ...built, name });
    } else {
      throw refused(join(folder, name), kind);
    }
  }
  const build = (name: string) => buildFileFromDisk(join(folder, name), context);
  for await (const { item: name, loaded } of loadAhead(fileNames, build, FILES_AT_ONCE)) {
    files += 1;
    entries.push({ ...loaded, name });
  }
  return { ...(await buildFolder(entries, context.put)), files };
}

/** The names in a folder, sorted by their UTF-8 bytes. */
async function namesIn(folder: string): Promise<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let raw: Buffer[];
  try {
    raw = await readdir(folder, { encoding: "buffer" });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
  return raw.sort(Buffer.compare).map((bytes) => {
    let name: string;
    try {
      name = decoder.decode(bytes);
    } catch (cause) {
      throw new StorageError("path-refused", `A name in ${folder} is not UTF-8`, {
        remedy: "Rename the entry; names in published folders are Unicode text.",
        cause,
      });
    }
    checkEntryName(name);
    return name;
  });
}

/** Bounds open files, and memory to a few chunks for each. */
const FILES_AT_ONCE = 4;

type Kind = "file" | "folder" | "link" | "special";

async function kindOf(path: string): Promise<Kind> {
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return "file";
    if (stats.isDirectory()) return "folder";
    return stats.isSymbolicLink() ? "link" : "special";
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * Opens what is a regular file at the moment of opening: a link put there after a check is not
 * followed, and a pipe put there does not block.
 */
async function openRegularFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === "ELOOP" || errno === "EMLINK") throw refused(path, "link");
    if (errno === "ENXIO") throw refused(path, "special");
    throw unreadable(path, cause);
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, size: stats.size };
  await handle.close();
  if (stats.isDirectory()) {
    throw new StorageError("not-a-file", `${path} is a folder`, {
      remedy: "Add it as a folder.",
    });
  }
  throw refused(path, "special");
}

async function* chunksOf(
  handle: FileHandle,
  path: string,
  size: number,
  { budget, signal }: SourceContext,
): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    // One byte more than expected shows the end of the file, or that it grew.
    const length = Math.min(CHUNK_BYTES, Math.max(size - position, 0) + 1);
    const buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await handle.read(buffer, 0, length).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    budget.spendBytes(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}

function refused(path: string, kind: Kind): StorageError {
  return kind === "link"
    ? new StorageError("link-refused", `${path} is a symbolic link`, {
        remedy: "Replace the link by the file it points to, or leave it out.",
      })
    : new StorageError("special-file-refused", `${path} is neither a file nor a folder`, {
        remedy: "Leave sockets, pipes and devices out of the folder.",
      });
}

function notAFolder(path: string): StorageError {
  return new StorageError("not-a-folder", `${path} is a file`, {
    remedy: "Add it as a file, or pass the folder that holds it.",
  });
}

function unreadable(path: string, cause: unknown): StorageError {
  return new StorageError("source-unreadable", `Cannot read ${path} (${errnoOf(cause)})`, {
    remedy: "Check that it exists and that this user may read it.",
    cause,
  });
}
