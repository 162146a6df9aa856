import { type CheckpointDocument, checkpointSchema, encodeDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash } from "viem";

import type { KeptCheckpoint } from "../engines/kept-checkpoints.ts";

/** A checkpoint as content; kept by {@link holdCheckpoint}. */
export interface PublishedCheckpoint {
  readonly digest: Hash;
  readonly cids: readonly string[];
}

/**
 * Makes a kept checkpoint public content, and its name durable.
 * @throws StorageError when there is no room, or a newer checkpoint has replaced the file
 */
export async function publishCheckpoint(
  storage: Storage,
  task: Hash,
  { path, sequence, bytes, fuelUsed }: KeptCheckpoint,
  signal: AbortSignal,
): Promise<PublishedCheckpoint> {
  const options = { visibility: "public", pin: false, signal } as const;
  const state = await storage.addFile(path, { ...options, maxBytes: bytes });
  const document: CheckpointDocument = {
    ...{ deco: "checkpoint/1", task, sequence, state: { cid: state.cid, bytes: state.bytes } },
    ...(fuelUsed !== undefined && { fuelUsed: String(fuelUsed) }),
  };
  const encoded = encodeDocument(checkpointSchema, document);
  const { cid, digest } = await storage.addDocument(encoded, options);
  await storage.flush();
  return { digest, cids: [state.cid, cid] };
}

/** Whose it is in the storage: an end of a task lets go of all of its own, and of nothing else. */
function holderOf(task: Hash, digest: Hash | ""): string {
  return `checkpoint/${task}/${digest}`;
}

/** Keeps a published checkpoint through garbage collection. */
export async function holdCheckpoint(
  storage: Storage,
  task: Hash,
  { digest, cids }: PublishedCheckpoint,
  signal: AbortSignal,
): Promise<void> {
  const holder = holderOf(task, digest);
  for (const cid of cids) await storage.pin(cid, { holder, offline: true, signal });
}

/** Lets garbage collection take one checkpoint of a task, or all. Repeating it does nothing. */
export async function dropCheckpoint(
  storage: Storage,
  task: Hash,
  digest: Hash | "" = "",
): Promise<void> {
  await storage.releaseHolds(holderOf(task, digest));
}
