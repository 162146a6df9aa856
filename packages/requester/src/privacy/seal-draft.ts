import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { isArchiveError } from "@deco-network/archive";
import { type KeyKind, sealInput, type TaskKeys } from "@deco-network/privacy";
import { hashFile } from "@deco-network/storage";

import { abortedError, RequesterError } from "../errors.ts";
import type { JobDraft } from "../job/draft.ts";
import { onDisk } from "../publish/publish-folder.ts";

/** A job whose input is encrypted, with the secrets that open it and its result. */
export interface SealedDraft {
  readonly draft: JobDraft;
  readonly keys: TaskKeys;
}

export interface SealDraftOptions {
  /** Existing folder that only this user can read; receives the ciphertext. */
  readonly folder: string;
  readonly kind: KeyKind;
  readonly signal: AbortSignal;
}

const CIPHERTEXT_FILE = "input.age";

/**
 * Encrypts a job's input, so that publishing it shows nobody what is in it. The program stays public.
 * @throws RequesterError `private-unsupported`, `job-invalid`, `aborted`; StorageError for what is on disk
 */
export async function sealDraft(
  { program, files, items, commitment }: JobDraft,
  { folder, kind, signal }: SealDraftOptions,
): Promise<SealedDraft> {
  if (items !== undefined) throw unsupported("A bag cannot be private.");
  if (commitment !== undefined) throw unsupported("A circuit's input cannot be private this way.");
  if (files?.kind === "stored") throw unsupported("An input that is stored already is public.");
  const path = join(folder, CIPHERTEXT_FILE);
  const seal = async (source: string | undefined) => {
    const from = source === undefined ? {} : { folder: source };
    const sealing = await sealInput({ ...from, kind, signal });
    await pipeline(sealing.ciphertext, createWriteStream(path, { mode: 0o600 }), { signal });
    const { cid, bytes } = await hashFile(path, { signal });
    const document = sealing.describe({ cid, bytes });
    return { draft: { program, sealed: { document, path } }, keys: sealing.keys };
  };
  try {
    return files === undefined ? await seal(undefined) : await onDisk(files, seal);
  } catch (error) {
    if (signal.aborted) throw abortedError(signal);
    if (!isArchiveError(error)) throw error;
    throw new RequesterError("job-invalid", error.message, { remedy: error.remedy, cause: error });
  }
}

function unsupported(message: string): RequesterError {
  return new RequesterError("private-unsupported", message, {
    remedy: "A private job is a single run with a folder of this machine; see docs/PRIVACY.md.",
  });
}
