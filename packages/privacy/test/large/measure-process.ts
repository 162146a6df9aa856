/**
 * Seals and opens an input of so many MiB in this process alone, so that its peak memory is that of the work.
 * Prints one line of JSON.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { hashFile } from "@deco-network/storage";

import { openInput, sealInput } from "../../src/index.ts";

const MIB = 2 ** 20;
const size = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "deco-large-"));
const never = new AbortController().signal;

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; mibPerSecond: number }> {
  const started = performance.now();
  const value = await work();
  return { value, mibPerSecond: Math.round((size * 1_000) / (performance.now() - started)) };
}

try {
  const plain = join(folder, "plain");
  await mkdir(plain);
  const file = await open(join(plain, "large"), "w");
  for (let i = 0; i < size; i++) {
    const block = Buffer.alloc(MIB, i & 0xff);
    block.writeUInt32BE(i);
    await file.write(block);
  }
  await file.close();
  const path = join(folder, "input.age");
  const sealed = await timed(async () => {
    const sealing = await sealInput({ folder: plain, kind: "x25519" });
    await pipeline(sealing.ciphertext, createWriteStream(path));
    return { sealing, ...(await hashFile(path)) };
  });
  const { sealing, ...stored } = sealed.value;
  const opened = await timed(() =>
    openInput(
      sealing.describe(stored),
      sealing.keys.input,
      createReadStream(path),
      join(folder, "opened"),
      never,
    ),
  );
  const peakMib = Math.round(process.resourceUsage().maxRSS / 1_024);
  const answer = {
    mib: size,
    ...{ sealMibPerSecond: sealed.mibPerSecond, openMibPerSecond: opened.mibPerSecond, peakMib },
    same: opened.value.document.files !== undefined,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
