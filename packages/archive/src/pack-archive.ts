import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkEntryPath } from "./entry-path.ts";
import { ArchiveError } from "./errors.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar/write-tar.ts";

/** A part of an archive: a folder of this machine, or bytes, under a path inside the archive. */
export type ArchivePart =
  | { readonly path: string; readonly folder: string }
  | { readonly path: string; readonly file: string }
  | { readonly path: string; readonly bytes: Uint8Array };

const CHUNK_BYTES = 262_144;
/** Names and sizes beyond these need a pax header before the plain one. */
const PLAIN_NAME_BYTES = 100;
const PLAIN_SIZE = 0o77777777777;

/**
 * A tar stream of the parts, in their order, folders' entries sorted by the bytes of their names; equal content
 * gives equal bytes, since owners, modes and times are left out. Holds one chunk in memory. Links are not followed:
 * they, and whatever else is neither file nor folder, end it.
 * @throws ArchiveError `entry-refused`, `path-refused`, `source-unreadable`
 */
export async function* packArchive(
  parts: Iterable<ArchivePart>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of parts) {
    checkEntryPath(part.path);
    if ("bytes" in part) {
      yield* header(part.path, "file", part.bytes.length);
      yield part.bytes;
      yield tarPadding(part.bytes.length);
    } else if ("file" in part) {
      yield* packFile(part.file, part.path);
    } else {
      yield* packFolder(part.folder, part.path);
    }
  }
  yield TAR_END;
}

async function* packFolder(folder: string, path: string): AsyncGenerator<Uint8Array> {
  yield* header(`${path}/`, "directory", 0);
  const names = await reading(folder, () => readdir(folder));
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const source = join(folder, name);
    const inside = `${path}/${name}`;
    checkEntryPath(inside);
    const stats = await reading(source, () => lstat(source));
    if (stats.isDirectory()) yield* packFolder(source, inside);
    else if (stats.isFile()) yield* packFile(source, inside);
    else throw new ArchiveError("entry-refused", `${source} is neither a file nor a folder.`);
  }
}

async function* packFile(source: string, path: string): AsyncGenerator<Uint8Array> {
  // Whatever took the file's place since it was looked at: a link is not followed, a pipe does not block.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await reading(source, () => open(source, flags));
  try {
    const stats: Stats = await handle.stat();
    if (!stats.isFile()) throw new ArchiveError("entry-refused", `${source} is not a file.`);
    yield* header(path, "file", stats.size);
    yield* contentOf(handle, source, stats.size);
    yield tarPadding(stats.size);
  } finally {
    await handle.close();
  }
}

async function* contentOf(
  handle: FileHandle,
  source: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  let left = size;
  while (left > 0) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left));
    const { bytesRead } = await reading(source, () => handle.read(buffer, 0, buffer.length));
    if (bytesRead === 0) throw new ArchiveError("source-unreadable", `${source} became shorter.`);
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function* header(path: string, type: "file" | "directory", size: number): Generator<Uint8Array> {
  const mode = type === "file" ? 0o644 : 0o755;
  const plainName = Buffer.byteLength(path) <= PLAIN_NAME_BYTES;
  if (plainName && size <= PLAIN_SIZE) {
    yield tarHeader({ name: path, type, mode, size });
    return;
  }
  const records = Buffer.concat([
    ...(plainName ? [] : [paxRecord("path", path)]),
    ...(size <= PLAIN_SIZE ? [] : [paxRecord("size", String(size))]),
  ]);
  yield tarHeader({ name: "pax", type: "extended", mode: 0o644, size: records.length });
  yield records;
  yield tarPadding(records.length);
  yield tarHeader({
    name: plainName ? path : "pax-entry",
    type,
    mode,
    size: size <= PLAIN_SIZE ? size : 0,
  });
}

/** `<length> <key>=<value>\n`, the length counting the whole record with its own digits. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ELOOP") {
      throw new ArchiveError("entry-refused", `${path} is a link.`, cause);
    }
    throw new ArchiveError("source-unreadable", `${path} cannot be read.`, cause);
  }
}
