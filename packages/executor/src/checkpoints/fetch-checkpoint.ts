import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";

import {
  type CheckpointDocument,
  checkpointSchema,
  DecoDocumentError,
  decodeDocument,
  type ProgramDocument,
} from "@deco-network/sdk";
import { type Storage, StorageError } from "@deco-network/storage";
import type { Hash } from "viem";

import { type KeptCheckpoint, keepPart, partOf } from "../engines/kept-checkpoints.ts";

/** Stable codes: why a checkpoint that the chain names is not gone on from. */
export type CheckpointRefusal =
  | "document-invalid"
  | "foreign-task"
  | "too-large"
  | "size-mismatch"
  | "fuel-invalid"
  | "unavailable";

/** A checkpoint that cannot be used; the run begins at an older one, or anew. */
export class CheckpointRefused extends Error {
  override readonly name = "CheckpointRefused";
  readonly code: CheckpointRefusal;

  constructor(code: CheckpointRefusal, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.code = code;
  }
}

export interface FetchCheckpoint {
  readonly storage: Storage;
  readonly task: Hash;
  readonly program: ProgramDocument;
  /** Where the run keeps its own; this one becomes one of them. */
  readonly folder: string;
}

/**
 * Fetches a checkpoint of a task, whoever made it: nothing of it is believed but that it has its digest. What it holds is one
 * file's bytes, which only the program reads.
 * @throws CheckpointRefused; the signal's reason when it aborts
 */
export async function fetchCheckpoint(
  { storage, task, program, folder }: FetchCheckpoint,
  digest: Hash,
  signal: AbortSignal,
): Promise<KeptCheckpoint> {
  try {
    const bytes = await storage.getDocument(digest, { signal });
    const document = decodeDocument(checkpointSchema, bytes);
    if (document.task !== task) {
      throw new CheckpointRefused("foreign-task", `It is of task ${document.task}.`);
    }
    const { sequence, state } = document;
    const most = bytesOf(program);
    if (state.bytes > most) {
      throw new CheckpointRefused("too-large", `It has ${state.bytes} bytes, ${most} are allowed.`);
    }
    const used = fuelOf(program, document);
    const part = partOf(folder);
    await rm(part, { force: true });
    const limits = { maxBytes: state.bytes, signal };
    const found = await storage.downloadFile(state.cid, part, limits);
    if (found.bytes !== state.bytes) {
      throw new CheckpointRefused("size-mismatch", `${found.bytes} bytes, not ${state.bytes}.`);
    }
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(part)) hash.update(chunk as Uint8Array);
    const sha256 = hash.digest("hex");
    return keepPart(folder, { sequence, sha256, bytes: found.bytes, ...used });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DecoDocumentError) {
      throw new CheckpointRefused("document-invalid", error.message, error);
    }
    if (!(error instanceof StorageError)) throw error;
    const code = error.code === "limit-exceeded" ? "too-large" : "unavailable";
    throw new CheckpointRefused(code, error.message, error);
  }
}

function bytesOf(program: ProgramDocument): number {
  return ("checkpoint" in program && program.checkpoint?.bytes) || 0;
}

/** Metered programs go on with the fuel that is left; whoever claims to have used all of it could not have gone on. */
function fuelOf(
  program: ProgramDocument,
  { fuelUsed }: CheckpointDocument,
): { readonly fuelUsed?: bigint } {
  if (program.engine !== "wasm") return {};
  const used = fuelUsed === undefined ? undefined : BigInt(fuelUsed);
  if (used === undefined || used <= 0n || used >= BigInt(program.limits.fuel)) {
    throw new CheckpointRefused("fuel-invalid", `It says that ${fuelUsed} of fuel was used.`);
  }
  return { fuelUsed: used };
}
