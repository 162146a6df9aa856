import { randomBytes } from "node:crypto";

import { packArchive } from "@deco-network/archive";
import {
  documentDigest,
  encodeDocument,
  type InputDocument,
  inputSchema,
  type SealedInputDocument,
} from "@deco-network/sdk";
import { hashFolder } from "@deco-network/storage";
import { bytesToHex } from "viem";

import { type KeyKind, makeKeyPair } from "../age/keys.ts";
import { encryptStream } from "../age/streams.ts";

/** Names inside a sealed input's archive. */
export const INPUT_FILE = "input.json";
export const FILES_FOLDER = "files";

/** The secrets of one private task; they belong in a file that only the requester can read. */
export interface TaskKeys {
  /** age identity that opens the input; seated providers are given it. */
  readonly input: string;
  /** age identity that opens results; nobody is given it. */
  readonly results: string;
}

/** An input on its way: its ciphertext is consumed once, and only then what is public of it is known. */
export interface InputSealing {
  readonly keys: TaskKeys;
  readonly ciphertext: AsyncIterable<Uint8Array>;
  /** @param stored Where the ciphertext is. */
  describe(stored: { readonly cid: string; readonly bytes: number }): SealedInputDocument;
}

export interface SealInputOptions {
  /** Folder shown to the program as /in; absent: there is none. */
  readonly folder?: string;
  readonly kind: KeyKind;
  readonly signal?: AbortSignal;
}

/**
 * Begins to seal an input for seated providers: fresh keys, a salted input document, and one age stream of both
 * document and folder, in bounded memory.
 * @throws StorageError what adding such a folder throws: `link-refused`, `not-a-folder`, …
 */
export async function sealInput({ folder, kind, signal }: SealInputOptions): Promise<InputSealing> {
  const [input, results] = await Promise.all([makeKeyPair(kind), makeKeyPair(kind)]);
  const hashed =
    folder === undefined ? undefined : await hashFolder(folder, signal ? { signal } : {});
  const document: InputDocument = {
    deco: "input/1",
    salt: bytesToHex(randomBytes(32)),
    ...(hashed && { files: hashed.cid }),
  };
  const bytes = encodeDocument(inputSchema, document);
  const archive = packArchive([
    { path: INPUT_FILE, bytes },
    ...(folder === undefined ? [] : [{ path: FILES_FOLDER, folder }]),
  ]);
  return {
    keys: { input: input.identity, results: results.identity },
    ciphertext: encryptStream(input.recipient, archive),
    describe: (stored) => ({
      deco: "sealed-input/1",
      input: documentDigest(bytes),
      ...{ ciphertext: stored.cid, ciphertextBytes: stored.bytes, bytes: hashed?.bytes ?? 0 },
      ...{ key: input.recipient, results: results.recipient },
    }),
  };
}
