import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { type ArchivePart, packArchive } from "@deco-network/archive";
import {
  DecoDocumentError,
  decodeDocument,
  documentDigest,
  MAX_DOCUMENT_BYTES,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import { hashFile, hashFolder } from "@deco-network/storage";
import type { Hex } from "viem";

import { decryptStream, encryptStream } from "../age/streams.ts";
import { PrivacyError } from "../errors.ts";
import { requireOnly, unpackInto } from "../unpack.ts";

/** Names inside a sealed result's archive: the document, and what it names but does not embed. */
const DOCUMENT_FILE = "result.json";
const OUTPUTS_FOLDER = "out";
const STDOUT_FILE = "stdout";

/** A result in the clear: the document's bytes, and where its stored parts are. */
export interface PlainResult {
  readonly bytes: Uint8Array;
  /** Present when the document names a folder of outputs. */
  readonly outputs?: string;
  /** Present when the document names a file of standard output. */
  readonly stdout?: string;
}

/** A result that was decrypted and is what was accepted. */
export interface OpenedResult extends PlainResult {
  readonly document: ResultDocument;
}

/** One age stream of a result, to the task's own recipient, in bounded memory. */
export function sealResult(
  recipient: string,
  { bytes, outputs, stdout }: PlainResult,
): AsyncIterable<Uint8Array> {
  const parts: ArchivePart[] = [
    { path: DOCUMENT_FILE, bytes },
    ...(outputs === undefined ? [] : [{ path: OUTPUTS_FOLDER, folder: outputs }]),
    ...(stdout === undefined ? [] : [{ path: STDOUT_FILE, file: stdout }]),
  ];
  return encryptStream(recipient, packArchive(parts));
}

/**
 * Decrypts, unpacks and verifies a result.
 * @param digest Of the result document, as the market accepted it.
 * @param folder Absent; holds what was unpacked when this returns, and is removed when it throws.
 * @param maxBytes Of outputs and standard output together.
 * @throws PrivacyError `identity-invalid`, `key-wrong`, `ciphertext-invalid`, `content-refused`, `content-too-large`,
 *   `content-mismatch`
 */
export async function openResult(
  ciphertext: AsyncIterable<Uint8Array>,
  identity: string,
  {
    digest,
    folder,
    maxBytes,
    signal,
  }: {
    readonly digest: Hex;
    readonly folder: string;
    readonly maxBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<OpenedResult> {
  try {
    const limits = { maxBytes: maxBytes + MAX_DOCUMENT_BYTES };
    await unpackInto(decryptStream(identity, ciphertext), folder, limits, signal);
    const opened = await verify(digest, folder, signal);
    if (storedBytes(opened.document) <= maxBytes) return opened;
    throw new PrivacyError("content-too-large", `The result has more than ${maxBytes} bytes.`);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function verify(digest: Hex, folder: string, signal: AbortSignal): Promise<OpenedResult> {
  const bytes = await readFile(join(folder, DOCUMENT_FILE)).catch(() => new Uint8Array());
  if (documentDigest(bytes) !== digest) throw mismatch("The result document");
  const document = parse(bytes);
  const outputs = document.outputs && "cid" in document.outputs ? document.outputs : undefined;
  const stdout = document.stdout && "cid" in document.stdout ? document.stdout : undefined;
  await requireOnly(folder, [
    DOCUMENT_FILE,
    ...(outputs ? [OUTPUTS_FOLDER] : []),
    ...(stdout ? [STDOUT_FILE] : []),
  ]);
  const outputsPath = join(folder, OUTPUTS_FOLDER);
  const stdoutPath = join(folder, STDOUT_FILE);
  if (outputs) {
    const hashed = await hashFolder(outputsPath, { signal });
    if (hashed.cid !== outputs.cid || hashed.bytes !== outputs.bytes) throw mismatch("The outputs");
  }
  if (stdout) {
    const { size } = await stat(stdoutPath);
    const { cid } = await hashFile(stdoutPath, { signal });
    if (cid !== stdout.cid || size !== stdout.bytes) throw mismatch("The standard output");
  }
  return {
    ...{ bytes, document },
    ...(outputs && { outputs: outputsPath }),
    ...(stdout && { stdout: stdoutPath }),
  };
}

/** Bytes of what the document names but does not embed. */
function storedBytes({ outputs, stdout }: ResultDocument): number {
  const sizeOf = (part: typeof outputs | typeof stdout) =>
    part && "bytes" in part ? part.bytes : 0;
  return sizeOf(outputs) + sizeOf(stdout);
}

function parse(bytes: Uint8Array): ResultDocument {
  try {
    return decodeDocument(resultSchema, bytes);
  } catch (cause) {
    if (!(cause instanceof DecoDocumentError)) throw cause;
    throw new PrivacyError("content-refused", "What was agreed on is no result document.", cause);
  }
}

function mismatch(what: string): PrivacyError {
  return new PrivacyError("content-mismatch", `${what} inside is not what the market accepted.`);
}
