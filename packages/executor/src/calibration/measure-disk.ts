import { createHash, randomBytes } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

import { openStorage } from "@deco-network/storage";

/** Bytes in a second. */
export interface ContentSpeed {
  /** Written to the data folder's disk, until the disk has them. */
  readonly diskWrite: number;
  /** SHA-256 on one core. */
  readonly hash: number;
  /** Taken into the content store and published, until they survive a power cut. */
  readonly publish: number;
  /** Copied from memory to memory by one core. */
  readonly memoryCopy: number;
}

const MIB = 2 ** 20;
const CHUNK = 4 * MIB;
const PUBLISHED = 32 * MIB;

/** How fast this machine keeps and names content. @param millis what each measurement should take at least */
export async function measureContent(
  folder: string,
  millis: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ContentSpeed> {
  await mkdir(folder, { recursive: true });
  const chunk = randomBytes(CHUNK);
  say("disk");
  const diskWrite = await measureDiskWrite(join(folder, "disk"), chunk, millis, signal);
  say("hashing");
  const hash = repeated(CHUNK, millis, () => createHash("sha256").update(chunk).digest());
  say("publishing");
  const publish = await measurePublish(join(folder, "storage"), signal);
  say("memory");
  // Filled, since the first touch of a page costs more than copying it.
  const target = Buffer.alloc(CHUNK * 16, 1);
  const memoryCopy = repeated(target.length, millis, () => {
    for (let at = 0; at < target.length; at += CHUNK) target.set(chunk, at);
  });
  return { diskWrite, hash, publish, memoryCopy };
}

async function measureDiskWrite(
  path: string,
  chunk: Uint8Array,
  millis: number,
  signal: AbortSignal,
): Promise<number> {
  const file = await open(path, "w");
  try {
    const began = performance.now();
    let bytes = 0;
    let written = 0;
    do {
      signal.throwIfAborted();
      // The same place again: it measures speed, not space.
      await file.write(chunk, 0, chunk.length, (written++ % 8) * CHUNK);
      if (written % 4 === 0) await file.sync();
      bytes += chunk.length;
    } while (performance.now() - began < millis);
    await file.sync();
    return rate(bytes, performance.now() - began);
  } finally {
    await file.close();
  }
}

async function measurePublish(folder: string, signal: AbortSignal): Promise<number> {
  const storage = await openStorage({ folder, durable: true, peerToPeer: false });
  try {
    const content = randomBytes(PUBLISHED);
    const began = performance.now();
    const { cid } = await storage.addBytes(content, { visibility: "private", signal });
    await storage.publish(cid);
    await storage.flush();
    return rate(PUBLISHED, performance.now() - began);
  } finally {
    await storage.close();
  }
}

function repeated(bytes: number, millis: number, work: () => unknown): number {
  const began = performance.now();
  let done = 0;
  do {
    work();
    done += bytes;
  } while (performance.now() - began < millis);
  return rate(done, performance.now() - began);
}

function rate(bytes: number, millis: number): number {
  return Math.floor((bytes * 1_000) / Math.max(millis, 1));
}
