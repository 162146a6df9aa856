import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { WasmError } from "../errors.ts";
import type { PackedFiles } from "./messages.ts";

interface FoundFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Reads a folder of verified files into one shared buffer.
 * @param folder Absent for a task without files.
 * @param maxBytes Total size of the files.
 * @throws WasmError `input-entry` for anything but regular files and folders, `input-too-large`.
 */
export async function packInput(
  folder: string | undefined,
  maxBytes: number,
  signal: AbortSignal,
): Promise<PackedFiles> {
  if (folder === undefined) return { buffer: new SharedArrayBuffer(0), files: [] };
  const paths = await listFiles(folder, "", signal);
  const files: { path: string; start: number; length: number }[] = [];
  let total = 0;
  for (const path of paths) {
    const length = await withFile(folder, path, async ({ size }) => size);
    files.push({ path, start: total, length });
    total += length;
    if (total > maxBytes) {
      throw new WasmError("input-too-large", `input files of more than ${maxBytes} bytes`, {
        reason: "limit-exceeded",
        remedy: "Split the input, or raise the engine's maxInputBytes.",
      });
    }
  }
  const buffer = new SharedArrayBuffer(total);
  for (const { path, start, length } of files) {
    signal.throwIfAborted();
    await withFile(folder, path, (file) => fill(file, new Uint8Array(buffer, start, length)));
  }
  return { buffer, files };
}

async function listFiles(root: string, below: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  const found: string[] = [];
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFiles(root, path, signal)));
    else if (entry.isFile()) found.push(path);
    else throw unusable(path);
  }
  return found;
}

async function withFile<T>(
  root: string,
  path: string,
  use: (file: FoundFile) => Promise<T>,
): Promise<T> {
  const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unusable(path);
    return await use({ path, handle, size: stat.size });
  } finally {
    await handle.close();
  }
}

async function fill({ path, handle, size }: FoundFile, target: Uint8Array): Promise<void> {
  if (size !== target.length) throw unusable(path);
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, filled);
    if (bytesRead === 0) throw unusable(path);
    filled += bytesRead;
  }
}

function unusable(path: string): WasmError {
  return new WasmError("input-entry", `"${path}" is no regular file, or it changed`, {
    reason: "input-unavailable",
    remedy: "Fetch the input again; it may hold regular files and folders only.",
  });
}
