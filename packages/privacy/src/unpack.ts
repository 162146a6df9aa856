import { mkdir, readdir } from "node:fs/promises";

import { isArchiveError, type UnpackLimits, unpackArchive } from "@deco-network/archive";

import { PrivacyError } from "./errors.ts";

/**
 * Unpacks a decrypted archive below a new folder that only this user can read.
 * @throws PrivacyError `content-refused`, `content-too-large`, and those of decrypting
 */
export async function unpackInto(
  archive: AsyncIterable<Uint8Array>,
  folder: string,
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  try {
    await unpackArchive(until(archive, signal), folder, limits);
  } catch (error) {
    if (!isArchiveError(error) || error.code === "target-unwritable") throw error;
    const code = error.code === "tar-too-large" ? "content-too-large" : "content-refused";
    throw new PrivacyError(code, error.message, error);
  }
}

/** Nothing may lie beside what the documents name. @throws PrivacyError `content-refused` */
export async function requireOnly(folder: string, names: readonly string[]): Promise<void> {
  const found = await readdir(folder);
  const other = found.find((name) => !names.includes(name));
  if (other === undefined && found.length === names.length) return;
  const what = other === undefined ? "Something is missing" : `${JSON.stringify(other)} lies`;
  throw new PrivacyError("content-refused", `${what} beside what was agreed on.`);
}

async function* until(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal.throwIfAborted();
    yield chunk;
  }
}
