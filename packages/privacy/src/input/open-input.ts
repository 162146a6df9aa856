import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import {
  DecoDocumentError,
  decodeDocument,
  documentDigest,
  type InputDocument,
  inputSchema,
  MAX_DOCUMENT_BYTES,
  type SealedInputDocument,
} from "@deco-network/sdk";
import { hashFolder } from "@deco-network/storage";

import { recipientOf } from "../age/keys.ts";
import { decryptStream } from "../age/streams.ts";
import { PrivacyError } from "../errors.ts";
import { requireOnly, unpackInto } from "../unpack.ts";
import { FILES_FOLDER, INPUT_FILE } from "./seal-input.ts";

/** A private input in the clear, as its digest says. */
export interface OpenedInput {
  readonly document: InputDocument & { readonly salt: string };
  /** Absent when the task has no files. */
  readonly folder?: string;
}

/**
 * Decrypts, unpacks and verifies a private input. Whatever key and ciphertext a requester gives, the result is what
 * the request's digest fixed, or nothing: else it could give providers different inputs and have the honest ones slashed.
 * @param folder Absent; holds what was unpacked when this returns, and is removed when it throws.
 * @throws PrivacyError `identity-invalid`, `key-wrong`, `ciphertext-invalid`, `content-refused`, `content-too-large`,
 *   `content-mismatch`
 */
export async function openInput(
  sealed: SealedInputDocument,
  identity: string,
  ciphertext: AsyncIterable<Uint8Array>,
  folder: string,
  signal: AbortSignal,
): Promise<OpenedInput> {
  if ((await recipientOf(identity)) !== sealed.key) {
    throw new PrivacyError("key-wrong", "The key is not the one that the input is sealed for.");
  }
  try {
    const limits = { maxBytes: sealed.bytes + MAX_DOCUMENT_BYTES };
    await unpackInto(decryptStream(identity, ciphertext), folder, limits, signal);
    return await verify(sealed, folder, signal);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function verify(
  sealed: SealedInputDocument,
  folder: string,
  signal: AbortSignal,
): Promise<OpenedInput> {
  const bytes = await readFile(join(folder, INPUT_FILE)).catch(() => new Uint8Array());
  if (documentDigest(bytes) !== sealed.input) throw mismatch("The input document");
  const document = parse(bytes);
  await requireOnly(
    folder,
    document.files === undefined ? [INPUT_FILE] : [INPUT_FILE, FILES_FOLDER],
  );
  if (document.files === undefined) return { document };
  const files = join(folder, FILES_FOLDER);
  const hashed = await hashFolder(files, { signal });
  if (hashed.cid !== document.files || hashed.bytes !== sealed.bytes)
    throw mismatch("The input's folder");
  return { document, folder: files };
}

function parse(bytes: Uint8Array): OpenedInput["document"] {
  try {
    const { salt, ...document } = decodeDocument(inputSchema, bytes);
    if (salt !== undefined && document.items === undefined) return { ...document, salt };
  } catch (cause) {
    if (!(cause instanceof DecoDocumentError)) throw cause;
    throw new PrivacyError("content-refused", "What is inside is no input document.", cause);
  }
  throw new PrivacyError("content-refused", "A private input has a salt, and is no bag.");
}

function mismatch(what: string): PrivacyError {
  return new PrivacyError(
    "content-mismatch",
    `${what} inside has another digest than was promised.`,
  );
}
