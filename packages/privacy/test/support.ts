import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isPrivacyError } from "../src/index.ts";

export const never = new AbortController().signal;

/** A folder that goes when the test ends. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "deco-privacy-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Code of the refusal, or what came instead. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "accepted",
    (error: unknown) => (isPrivacyError(error) ? error.code : String(error)),
  );
}

export async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** In pieces that fit no chunk of any format. */
export async function* inPieces(bytes: Uint8Array, size = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
