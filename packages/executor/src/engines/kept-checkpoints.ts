import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Name under which a program puts a finished checkpoint, in `/checkpoint`, by renaming a file. */
export const CURRENT = "current";

/** A checkpoint that a program completed, in a file of this machine. */
export interface KeptCheckpoint {
  readonly path: string;
  /** How many the run had completed, this one and those before it was resumed included. */
  readonly sequence: number;
  readonly bytes: number;
  /** Metered instructions since the beginning of the run, where the engine counts them. */
  readonly fuelUsed?: bigint;
}

/** What a run is given to keep checkpoints with. */
export interface CheckpointSpec {
  /** Receives them; kept by the caller from run to run. */
  readonly folder: string;
  /** Shortest time between two that are kept. */
  readonly everyMillis: number;
  /** What to go on from: shown to the program as `/checkpoint/current`. */
  readonly resume?: KeptCheckpoint;
  /** Called with each that is kept; it must not throw. */
  readonly onKept?: (kept: KeptCheckpoint) => void;
  /** Called when one could not be kept, with the reason; the run goes on. */
  readonly onUnkept?: (detail: string) => void;
}

/** What a name says of a file; a name without a file, or that is not true, counts for nothing. */
interface Label {
  readonly sequence: number;
  readonly fuelUsed?: bigint;
  readonly sha256: string;
}

/** The one before may just be read by whoever publishes it. */
const KEPT = 2;
const NAME = /^(\d{1,15})-(\d{1,20}|x)-([0-9a-f]{64})$/;

function nameOf({ sequence, fuelUsed, sha256 }: Label): string {
  return `${sequence}-${fuelUsed ?? "x"}-${sha256}`;
}

function labelOf(name: string): Label | undefined {
  const [, sequence, fuel, sha256] = NAME.exec(name) ?? [];
  if (sequence === undefined || sha256 === undefined) return undefined;
  const used = fuel !== undefined && fuel !== "x" && { fuelUsed: BigInt(fuel) };
  return { sequence: Number(sequence), sha256, ...used };
}

/** Where a checkpoint is written before it is kept; one at a time in a folder. */
export function partOf(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "part");
}

/**
 * Keeps content: on disk before it has its name, so that a crash leaves the whole of it or nothing.
 * For the thread of a guest, which waits meanwhile.
 */
export function keepBytes(
  folder: string,
  content: Uint8Array,
  of: { readonly sequence: number; readonly fuelUsed?: bigint },
): KeptCheckpoint {
  writeFileSync(partOf(folder), content, { mode: 0o600 });
  const sha256 = createHash("sha256").update(content).digest("hex");
  return keepPart(folder, { ...of, sha256, bytes: content.length });
}

/** Keeps what was written to {@link partOf}, and forgets all but the newest ones. */
export function keepPart(folder: string, of: Label & { readonly bytes: number }): KeptCheckpoint {
  const part = partOf(folder);
  syncPath(part);
  const path = join(folder, nameOf(of));
  renameSync(part, path);
  syncPath(folder);
  const labels = readdirSync(folder).flatMap((name) => labelOf(name) ?? []);
  const older = labels.sort((a, b) => b.sequence - a.sequence).slice(KEPT);
  for (const label of older) rmSync(join(folder, nameOf(label)), { force: true });
  const { sequence, bytes, fuelUsed } = of;
  return { path, sequence, bytes, ...(fuelUsed !== undefined && { fuelUsed }) };
}

function syncPath(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The newest checkpoint in a folder that is what its name says; undefined when there is none.
 * @param bounds What the program may keep and use; a larger one is no checkpoint of it.
 */
export async function newestKept(
  folder: string,
  bounds: { readonly bytes: number; readonly fuel?: bigint },
): Promise<KeptCheckpoint | undefined> {
  const names = await readdir(folder).catch(() => []);
  const labels = names.flatMap((name) => labelOf(name) ?? []);
  for (const label of labels.sort((a, b) => b.sequence - a.sequence)) {
    const { sequence, sha256, fuelUsed } = label;
    if (bounds.fuel !== undefined && (fuelUsed ?? 0n) >= bounds.fuel) continue;
    const path = join(folder, nameOf(label));
    const found = await lstat(path);
    const bytes = found.size;
    if (!found.isFile() || bytes > bounds.bytes || (await sha256Of(path)) !== sha256) continue;
    return { path, sequence, bytes, ...(fuelUsed !== undefined && { fuelUsed }) };
  }
  return undefined;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
