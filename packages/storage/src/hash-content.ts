import { cidToDigest, MAX_DOCUMENT_BYTES } from "./cid.ts";
import { buildFileFromDisk, buildFolderFromDisk } from "./disk/read-source.ts";
import { StorageError } from "./errors.ts";
import type { AddedDocument, AddedFile, AddedFolder, FolderLimits } from "./storage.ts";
import { Budget } from "./unixfs/budget.ts";
import { type BuiltNode, buildFile, buildLeaf } from "./unixfs/build-file.ts";

export interface HashOptions extends FolderLimits {
  readonly signal?: AbortSignal;
}

/** What `addDocument` would return, storing nothing. */
export async function hashDocument(bytes: Uint8Array): Promise<AddedDocument> {
  requireDocumentSize(bytes.byteLength);
  const added = addedFile(await buildLeaf(bytes, discardBlock));
  return { ...added, digest: cidToDigest(added.cid) };
}

/** What `addBytes` would return, storing nothing. */
export async function hashBytes(bytes: Uint8Array): Promise<AddedFile> {
  return addedFile(await buildFile(chunk(bytes), discardBlock));
}

/** What `addFile` would return, with the same errors, storing nothing. */
export async function hashFile(path: string, options: HashOptions = {}): Promise<AddedFile> {
  return addedFile(await buildFileFromDisk(path, sourceContext(options)));
}

/** What `addFolder` would return, with the same errors, storing nothing. */
export async function hashFolder(path: string, options: HashOptions = {}): Promise<AddedFolder> {
  const built = await buildFolderFromDisk(path, sourceContext(options));
  return { ...addedFile(built), files: built.files };
}

/** @throws StorageError `document-too-large` */
export function requireDocumentSize(bytes: number): void {
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  throw new StorageError("document-too-large", `The document has ${bytes} bytes`, {
    remedy: `A document has at most ${MAX_DOCUMENT_BYTES} bytes; move large parts to files.`,
  });
}

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function sourceContext(options: HashOptions) {
  return {
    put: discardBlock,
    budget: new Budget({ maxBytes: Number.POSITIVE_INFINITY, ...options }),
    signal: options.signal ?? new AbortController().signal,
  };
}

async function discardBlock(): Promise<void> {}

function addedFile({ cid, bytes }: BuiltNode): AddedFile {
  return { cid: cid.toString(), bytes };
}
