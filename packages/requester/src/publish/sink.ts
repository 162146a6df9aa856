import {
  type AddedDocument,
  type AddedFile,
  hashBytes,
  hashDocument,
  hashFile,
  hashFolder,
  type Storage,
} from "@deco-network/storage";

/** Where a job's content goes: into a storage, or nowhere but through the hash. */
export interface Sink {
  bytes(bytes: Uint8Array): Promise<AddedFile>;
  document(bytes: Uint8Array): Promise<AddedDocument>;
  file(path: string): Promise<AddedFile>;
  folder(path: string): Promise<AddedFile>;
}

/** Adds publicly, so that providers can verify a job before they claim. */
export function storageSink(storage: Storage, signal: AbortSignal): Sink {
  const options = { visibility: "public", signal } as const;
  return {
    bytes: (bytes) => storage.addBytes(bytes, options),
    document: (bytes) => storage.addDocument(bytes, options),
    file: (path) => storage.addFile(path, options),
    folder: (path) => storage.addFolder(path, options),
  };
}

/** Stores nothing: for a dry run, and to know a task's id before anything is kept. */
export function hashingSink(signal: AbortSignal): Sink {
  return {
    bytes: hashBytes,
    document: hashDocument,
    file: (path) => hashFile(path, { signal }),
    folder: (path) => hashFolder(path, { signal }),
  };
}
