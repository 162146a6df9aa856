import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

import { checkEntryPath } from "./entry-path.ts";
import { ArchiveError } from "./errors.ts";
import { readTar, type TarEntry } from "./tar/read-tar.ts";

/** Bounds that hold while bytes stream; the first byte beyond one ends the unpacking. */
export interface UnpackLimits {
  /** Sum of the sizes of all files, in bytes. */
  readonly maxBytes: number;
  /** Files and folders together; default 100,000. */
  readonly maxEntries?: number;
  /** Names in a path; default 64. */
  readonly maxDepth?: number;
}

/** What was unpacked. */
export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes an archive's files and folders below an empty folder. What is neither, a path that leaves the folder, a name
 * that is there already and whatever exceeds the limits end it; what was written until then is the caller's to
 * remove. Modes, owners and times are not taken over.
 * @throws ArchiveError `tar-malformed`, `tar-too-large`, `path-refused`, `entry-refused`, `target-unwritable`
 */
export async function unpackArchive(
  archive: AsyncIterable<Uint8Array>,
  folder: string,
  { maxBytes, maxEntries = 100_000, maxDepth = 64 }: UnpackLimits,
): Promise<Unpacked> {
  let files = 0;
  let bytes = 0;
  // Every long name takes an entry of its own.
  for await (const entry of readTar(archive, { maxEntries: 2 * maxEntries, maxBytes })) {
    const names = namesOf(entry);
    if (names.length > maxDepth) {
      throw new ArchiveError("tar-too-large", `The archive is deeper than ${maxDepth} names.`);
    }
    const target = join(folder, ...names);
    if (entry.type === "directory") {
      await writing(entry, () => mkdir(target, { mode: 0o700 }));
      continue;
    }
    files += 1;
    bytes += entry.size;
    await writeFile(entry, target);
  }
  return { files, bytes };
}

function namesOf({ name, nameIsUtf8, type }: TarEntry): readonly string[] {
  if (type !== "file" && type !== "directory") {
    throw new ArchiveError("entry-refused", `${JSON.stringify(name)} is a ${type}.`);
  }
  if (!nameIsUtf8) throw new ArchiveError("path-refused", "A name in the archive is not UTF-8.");
  return checkEntryPath(type === "directory" ? name.replace(/\/$/, "") : name);
}

async function writeFile(entry: TarEntry, target: string): Promise<void> {
  // "wx": nothing is ever written through a link or over an earlier entry.
  const handle = await writing(entry, () => open(target, "wx", 0o600));
  try {
    for await (const part of entry.body) {
      for (let offset = 0; offset < part.length; ) {
        const { bytesWritten } = await writing(entry, () => handle.write(part, offset));
        offset += bytesWritten;
      }
    }
  } finally {
    await handle.close();
  }
}

async function writing<T>({ name }: TarEntry, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EEXIST" || code === "ENOTDIR" || code === "ENOENT") {
      const message = `${JSON.stringify(name)} is there already, or has no folder before it.`;
      throw new ArchiveError("path-refused", message, cause);
    }
    throw new ArchiveError(
      "target-unwritable",
      `${JSON.stringify(name)} cannot be written.`,
      cause,
    );
  }
}
