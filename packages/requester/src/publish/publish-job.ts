import {
  digestToCid,
  encodeDocument,
  type InputDocument,
  inputSchema,
  type ProgramDocument,
  type SealedInputDocument,
  sealedInputSchema,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hex } from "viem";

import { RequesterError } from "../errors.ts";
import type { JobDraft } from "../job/draft.ts";
import { publishFolder } from "./publish-folder.ts";
import { publishItems } from "./publish-items.ts";
import { publishProgram, type ReadDocument } from "./publish-program.ts";
import { hashingSink, type Sink, storageSink } from "./sink.ts";

/** A job's content under the digests that a request names. */
export interface PublishedJob {
  /** Digest of the program document. */
  readonly program: Hex;
  /** Digest of the input document. */
  readonly input: Hex;
  /** Items of the bag; 1 for a single run. */
  readonly volume: number;
  readonly programDocument: ProgramDocument;
  readonly inputDocument: InputDocument | SealedInputDocument;
  readonly cids: {
    readonly program: string;
    readonly input: string;
    /** The folder shown as /in, or a private job's ciphertext. */
    readonly files?: string;
    /** The list of item digests. */
    readonly items?: string;
  };
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
}

/**
 * Adds everything that a job names to a storage, publicly: module or image archive, program
 * document, input folder, items, input document. Repeating it gives the same digests.
 * @throws RequesterError `job-invalid`, `items-invalid`, `job-file-unreadable`, `aborted`;
 * StorageError for what the disk or the network refuses
 */
export async function publishJob(
  storage: Storage,
  draft: JobDraft,
  options: PublishOptions = {},
): Promise<PublishedJob> {
  const signal = options.signal ?? new AbortController().signal;
  const read = (cid: string) => storage.getDocument(cid, { signal });
  return publish(storageSink(storage, signal), draft, read, signal);
}

/**
 * The digests that {@link publishJob} would give, storing nothing.
 * @param options.read How a program that the job names by CID is had; without it, such a job is refused.
 * @throws as {@link publishJob}
 */
export async function hashJob(
  draft: JobDraft,
  options: PublishOptions & { readonly read?: ReadDocument } = {},
): Promise<PublishedJob> {
  const signal = options.signal ?? new AbortController().signal;
  return publish(hashingSink(signal), draft, options.read ?? refuseStored, signal);
}

async function publish(
  sink: Sink,
  draft: JobDraft,
  read: ReadDocument,
  signal: AbortSignal,
): Promise<PublishedJob> {
  const program = await publishProgram(sink, draft.program, read);
  const files = draft.files && (await publishFolder(sink, draft.files));
  const items = draft.items && (await publishItems(sink, draft.items, signal));
  if (draft.sealed) return await publishSealed(sink, program, draft.sealed);
  const inputDocument: InputDocument = {
    deco: "input/1",
    ...(draft.commitment !== undefined && { commitment: draft.commitment }),
    ...(files !== undefined && { files }),
    ...(items && { items: { list: items.list, count: items.count } }),
  };
  const input = await sink.document(encodeDocument(inputSchema, inputDocument));
  return {
    program: program.digest,
    input: input.digest,
    volume: items?.count ?? 1,
    programDocument: program.document,
    inputDocument,
    cids: {
      program: digestToCid(program.digest),
      input: input.cid,
      ...(files !== undefined && { files }),
      ...(items && { items: items.list }),
    },
  };
}

/** Of a private job's input nothing is stored but its ciphertext and what may be known of it. */
async function publishSealed(
  sink: Sink,
  program: { readonly digest: Hex; readonly document: ProgramDocument },
  { document, path }: NonNullable<JobDraft["sealed"]>,
): Promise<PublishedJob> {
  const { cid } = await sink.file(path);
  if (cid !== document.ciphertext) {
    throw new RequesterError("job-invalid", `The ciphertext ${path} was changed.`, {
      remedy: "Run the job again: it is encrypted anew.",
    });
  }
  const input = await sink.document(encodeDocument(sealedInputSchema, document));
  return {
    ...{ program: program.digest, input: input.digest, volume: 1 },
    ...{ programDocument: program.document, inputDocument: document },
    cids: { program: digestToCid(program.digest), input: input.cid, files: cid },
  };
}

async function refuseStored(cid: string): Promise<Uint8Array> {
  throw new RequesterError("job-invalid", `The program ${cid} is not on this machine.`, {
    remedy: "Name the program's file, or connect to where it is stored.",
  });
}
