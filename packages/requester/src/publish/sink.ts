import { digestToCid } from "@deco-network/sdk";
import {
  type AddedDocument,
  type AddedFile,
  hashBytes,
  hashDocument,
  hashFile,
  hashFolder,
  type Storage,
} from "@deco-network/storage";
import { bytesToHex } from "viem";

import { RequesterError } from "../errors.ts";
import { forEachParallel } from "../runtime/for-each-parallel.ts";

/** Where a job's content goes: into a storage, or nowhere but through the hash. */
export interface Sink {
  bytes(bytes: Uint8Array): Promise<AddedFile>;
  document(bytes: Uint8Array): Promise<AddedDocument>;
  file(path: string): Promise<AddedFile>;
  folder(path: string): Promise<AddedFile>;
  /** Has what is stored elsewhere at hand, to serve it to providers. */
  keep(cid: string): Promise<void>;
  /** The same for a list of items, and the items. */
  keepItems(list: string, count: number): Promise<void>;
}

const DIGEST_BYTES = 32;
const PARALLEL = 8;

/** Adds publicly, so that providers can verify a job before they claim. */
export function storageSink(storage: Storage, signal: AbortSignal): Sink {
  const options = { visibility: "public", signal } as const;
  return {
    bytes: (bytes) => storage.addBytes(bytes, options),
    document: (bytes) => storage.addDocument(bytes, options),
    file: (path) => storage.addFile(path, options),
    folder: (path) => storage.addFolder(path, options),
    keep: (cid) => storage.pin(cid, { signal }),
    keepItems: (list, count) => keepItems(storage, list, count, signal),
  };
}

async function keepItems(
  storage: Storage,
  list: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  await storage.pin(list, { signal });
  const parts: Uint8Array[] = [];
  const limits = { maxBytes: count * DIGEST_BYTES, signal };
  for await (const part of storage.readFile(list, limits)) parts.push(part);
  const digests = Buffer.concat(parts);
  if (digests.length !== count * DIGEST_BYTES) {
    throw new RequesterError("items-invalid", `The list ${list} does not name ${count} items.`, {
      remedy: "Correct the count: the list has 32 bytes for each item.",
    });
  }
  await forEachParallel(count, PARALLEL, async (index) => {
    const digest = digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
    await storage.pin(digestToCid(bytesToHex(digest)), { signal });
  });
}

/** Stores nothing: for a dry run, and to know a task's id before anything is kept. */
export function hashingSink(signal: AbortSignal): Sink {
  return {
    bytes: hashBytes,
    document: hashDocument,
    file: (path) => hashFile(path, { signal }),
    folder: (path) => hashFolder(path, { signal }),
    async keep() {},
    async keepItems() {},
  };
}
