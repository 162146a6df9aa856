import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { MAX_OUTPUT_ENTRIES } from "@deco-network/sdk/capacity";
import { OciError } from "../errors.ts";
import { readTar, type TarEntry } from "../tar/read-tar.ts";

/** Deepest folder that outputs may have, counted in names. */
const MAX_DEPTH = 32;

/**
 * Writes the regular files and folders of an `/out` archive below `folder`, which must be empty.
 * Nothing is followed: links and devices end the collection. Pipes and sockets are left out; modes,
 * times and owners are dropped, since they are no part of a result.
 * @returns the sum of the files' sizes in bytes.
 * @throws OciError `output-entry`, `output-name`, `output-too-large`.
 */
export async function collectOutputs(
  archive: AsyncIterable<Uint8Array>,
  folder: string,
  maxBytes: number,
): Promise<number> {
  const sizes = new Map<string, number>();
  let total = 0;
  const add = (path: string, size: number) => {
    total += size;
    if (total > maxBytes) throw tooLarge(`the outputs have more than ${maxBytes} bytes`);
    sizes.set(path, size);
  };
  // The folder itself comes first. Bodies are bounded one by one, with a better error.
  const bounds = {
    maxEntries: MAX_OUTPUT_ENTRIES + 1,
    maxBytes: Number.MAX_SAFE_INTEGER,
  };
  for await (const entry of readTar(archive, bounds)) {
    const path = outputPath(entry);
    // A pipe holds nothing, and not every runtime shows it outside: no output, like a socket.
    if (path === undefined || entry.type === "fifo") continue;
    const target = join(folder, path);
    if (entry.type === "directory") {
      await mkdir(target, { mode: 0o755 });
    } else if (entry.type === "file") {
      add(path, entry.size);
      await writeNew(target, entry.body);
    } else if (entry.type === "hardlink") {
      // A second name of a file that came before: the same bytes, counted again.
      const source = withoutRoot(entry.linkName);
      const size = source === undefined ? undefined : sizes.get(source);
      if (source === undefined || size === undefined) throw refused(entry, path);
      add(path, size);
      await copyNew(join(folder, source), target);
    } else {
      throw refused(entry, path);
    }
  }
  return total;
}

/** Path below `/out`; undefined for `/out` itself. */
function outputPath(entry: TarEntry): string | undefined {
  const path = withoutRoot(entry.type === "directory" ? entry.name.replace(/\/$/, "") : entry.name);
  if (path === undefined) {
    if (entry.type === "directory") return undefined;
    throw refused(entry, entry.name);
  }
  const names = path.split("/");
  if (!entry.nameIsUtf8 || names.length > MAX_DEPTH || !names.every(isName)) {
    throw new OciError("output-name", `Outputs: the name ${JSON.stringify(path)} is not allowed`, {
      reason: "program-invalid",
      remedy: `Name outputs in UTF-8 without control characters or backslashes, at most ${MAX_DEPTH} folders deep.`,
    });
  }
  return path;
}

function withoutRoot(name: string): string | undefined {
  return name.startsWith("out/") ? name.slice("out/".length) : undefined;
}

function isName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (Buffer.byteLength(name) > 255 || name.includes("\\")) return false;
  return ![...name].some((character) => character < " " || character === "\u007f");
}

async function writeNew(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    for await (const part of body) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

async function copyNew(source: string, target: string): Promise<void> {
  const file = await open(source, "r");
  try {
    await writeNew(target, file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

function refused(entry: TarEntry, path: string): OciError {
  return new OciError("output-entry", `Outputs: ${JSON.stringify(path)} is a ${entry.type}`, {
    reason: "program-invalid",
    remedy: "Leave only regular files and folders in /out.",
  });
}

function tooLarge(detail: string): OciError {
  return new OciError("output-too-large", `Outputs: ${detail}`, {
    reason: "limit-exceeded",
    remedy: "Write less to /out, or raise limits.outputBytes.",
  });
}
