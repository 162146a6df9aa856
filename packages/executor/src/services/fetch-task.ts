import { join } from "node:path";

import {
  DecoDocumentError,
  decodeDocument,
  digestToCid,
  type InputDocument,
  inputDocumentSchema,
  type ProgramDocument,
  programSchema,
  type Request,
  type SealedInputDocument,
} from "@deco-network/sdk";
import { isStorageError, type Storage, StorageError } from "@deco-network/storage";
import { bytesToHex, type Hash } from "viem";

import type { Download, Kept, Wanted } from "../cache/material-cache.ts";

/** Stable codes: why a task's program or input cannot be used. */
export type FetchRefusal =
  | "program-invalid"
  | "input-invalid"
  | "image-invalid"
  | "volume-mismatch"
  | "engine-missing"
  | "memory-limit"
  | "disk-limit"
  | "cpu-limit"
  | "accelerator-missing"
  | "deadline-unreachable"
  | "price-too-low"
  | "token-refused"
  | "private-refused"
  | "private-terms"
  | "recipient-undescribed";

/** An input that only who has its key can read. */
export interface SealedMaterial {
  readonly document: SealedInputDocument;
  /** File with the ciphertext. */
  readonly ciphertext: string;
}

/** Verified material of a task, on this machine. */
export interface TaskMaterial {
  readonly program: ProgramDocument;
  readonly input: InputDocument;
  readonly artifactPath?: string;
  readonly inputFolder?: string;
  /** Size of the input's files. */
  readonly inputBytes: number;
  /** What program and input take of the disk beside the storage's blocks. */
  readonly diskBytes: number;
  /** The items' digests, 32 bytes each; absent for a single run. */
  readonly items?: Uint8Array;
  /** Present for a private task, whose input has nothing else yet. */
  readonly sealed?: SealedMaterial;
}

/** The material will never be usable. */
export class TaskRefusal extends Error {
  override readonly name = "TaskRefusal";
  readonly code: FetchRefusal;

  constructor(code: FetchRefusal, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.code = code;
  }
}

const DIGEST_BYTES = 32;
/** Items fetched at the same time. */
const PARALLEL = 8;

/** How a task is fetched. */
export interface FetchTerms {
  readonly diskBytes: number;
  /** Whether an attested key's signature decides the task. */
  readonly signed?: boolean;
  readonly judge?: JudgeProgram | undefined;
  /** Where content is kept between tasks; absent: it goes into the task's folder, and with it. */
  readonly keep?: KeepContent | undefined;
  /** Absent: private tasks are refused. */
  readonly admit?: AdmitPrivate | undefined;
}

/** Gives content from where it is kept, downloaded if it is not there. */
export type KeepContent = (wanted: Wanted, download: Download) => Promise<Kept>;

/** Looks at a program before anything large is fetched. @throws TaskRefusal to leave it */
export type JudgeProgram = (program: ProgramDocument) => void;

/** Looks at a private task before its ciphertext is fetched. @throws TaskRefusal to leave it */
export type AdmitPrivate = (sealed: SealedInputDocument) => Promise<void>;

/** The program's document, which names all that it needs. */
export async function fetchProgram(
  storage: Storage,
  request: Pick<Request, "program">,
  options: { readonly signal: AbortSignal; readonly offline?: boolean },
): Promise<ProgramDocument> {
  return await readDocument("program-invalid", async () =>
    decodeDocument(programSchema, await storage.getDocument(request.program, options)),
  );
}

/**
 * Fetches and verifies everything that a task's run needs.
 * @param folder Empty or absent; receives the artefact and the input's files.
 * @throws TaskRefusal when it can never be used; StorageError when it cannot be had now
 */
export async function fetchTask(
  storage: Storage,
  request: Request,
  folder: string,
  { diskBytes, signed = false, judge, keep, admit = refusePrivate }: FetchTerms,
  signal: AbortSignal,
): Promise<TaskMaterial> {
  const place: Place = { storage, diskBytes, signal, keep: keep ?? intoFolder(folder) };
  const program = await fetchProgram(storage, request, { signal });
  judge?.(program);
  const named = await readDocument("input-invalid", async () =>
    decodeDocument(inputDocumentSchema, await storage.getDocument(request.input, { signal })),
  );
  if (named.deco === "sealed-input/1") {
    await admit(named);
    const artifact = await fetchArtifact(place, program);
    const sealed = await fetchSealed(storage, named, folder, diskBytes, signal);
    return {
      ...{ program, sealed, input: { deco: "input/1" }, inputBytes: named.bytes },
      diskBytes: (artifact?.bytes ?? 0) + named.ciphertextBytes + named.bytes,
      ...(artifact && { artifactPath: artifact.path }),
    };
  }
  const input: InputDocument = named;
  if ((input.items?.count ?? 1) !== request.volume) {
    throw new TaskRefusal("volume-mismatch", "The input's items are not the request's volume.");
  }
  const proven = BigInt(request.policy) !== 0n && !signed;
  if (proven !== (program.engine === "circuit")) {
    throw new TaskRefusal(
      "program-invalid",
      "Circuits prove, everything else is voted on or signed.",
    );
  }
  const artifact = await fetchArtifact(place, program);
  const cid = input.files;
  const files =
    cid === undefined
      ? undefined
      : await refusing("input-invalid", () => keptContent(place, "input", "folder", cid));
  const inputBytes = files?.bytes ?? 0;
  const items = input.items && (await fetchItems(storage, input.items, diskBytes, signal));
  return {
    program,
    input,
    inputBytes,
    diskBytes: (artifact?.bytes ?? 0) + inputBytes,
    ...(artifact && { artifactPath: artifact.path }),
    ...(files && { inputFolder: files.path }),
    ...(items && { items }),
  };
}

async function refusePrivate(): Promise<void> {
  throw new TaskRefusal("private-refused", "No private tasks are run here.");
}

/** The ciphertext, to be opened once the key is here. */
async function fetchSealed(
  storage: Storage,
  document: SealedInputDocument,
  folder: string,
  diskBytes: number,
  signal: AbortSignal,
): Promise<SealedMaterial> {
  // Ciphertext and plaintext lie on the disk together for a while.
  if (document.ciphertextBytes + document.bytes > diskBytes) {
    throw new TaskRefusal("disk-limit", "The private input exceeds the disk limit.");
  }
  const ciphertext = join(folder, "input.age");
  const { bytes } = await refusing("input-invalid", () =>
    storage.downloadFile(document.ciphertext, ciphertext, {
      maxBytes: document.ciphertextBytes,
      signal,
    }),
  );
  if (bytes === document.ciphertextBytes) return { document, ciphertext };
  throw new TaskRefusal("input-invalid", "The ciphertext is shorter than its document says.");
}

/** Digest of item `index` in a list of them. */
export function itemDigest(items: Uint8Array, index: number): Hash {
  return bytesToHex(items.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
}

/** Where large content comes from and goes to. */
interface Place {
  readonly storage: Storage;
  readonly diskBytes: number;
  readonly keep: KeepContent;
  readonly signal: AbortSignal;
}

/** Names within a task's folder of what is not kept elsewhere. */
const OWN_NAMES = { program: "artifact", input: "in" } as const;

function intoFolder(folder: string): KeepContent {
  return async ({ use }, download) => {
    const path = join(folder, OWN_NAMES[use]);
    return { path, bytes: (await download(path)).bytes };
  };
}

async function keptContent(
  { storage, diskBytes: maxBytes, keep, signal }: Place,
  use: Wanted["use"],
  kind: Wanted["kind"],
  cid: string,
): Promise<Kept> {
  const limits = { maxBytes, signal };
  const kept = await keep({ use, kind, cid }, (path) =>
    kind === "folder"
      ? storage.downloadFolder(cid, path, limits)
      : storage.downloadFile(cid, path, limits),
  );
  // What is here already was bounded when it came, perhaps by another bound.
  if (kept.bytes <= maxBytes) return kept;
  throw new TaskRefusal("disk-limit", `The content has ${kept.bytes} bytes.`);
}

/** A module, an image archive or a folder of keys on this machine. */
async function fetchArtifact(place: Place, program: ProgramDocument): Promise<Kept | undefined> {
  const invalid = <T>(work: () => Promise<T>) => refusing("image-invalid", work);
  switch (program.engine) {
    case "circuit":
      return await invalid(() => keptContent(place, "program", "folder", program.circuit));
    case "wasm":
    case "riscv":
      return await invalid(() => keptContent(place, "program", "file", program.module));
    case "oci": {
      const { image } = program;
      if (!("archive" in image)) return undefined;
      return await invalid(() => keptContent(place, "program", "file", image.archive));
    }
  }
}

async function fetchItems(
  storage: Storage,
  { list, count }: { readonly list: string; readonly count: number },
  diskBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const maxBytes = count * DIGEST_BYTES;
  const items = await refusing("input-invalid", async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of storage.readFile(list, { maxBytes, signal })) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
  if (items.length !== maxBytes) {
    throw new TaskRefusal("input-invalid", "The list of items has another length than its count.");
  }
  let bytes = 0;
  let next = 0;
  const fetchSome = async () => {
    for (let index = next++; index < count; index = next++) {
      const block = await storage.getBlock(digestToCid(itemDigest(items, index)), { signal });
      bytes += block.length;
      if (bytes > diskBytes)
        throw new TaskRefusal("disk-limit", "The items exceed the disk limit.");
    }
  };
  await refusing("input-invalid", () =>
    Promise.all(Array.from({ length: Math.min(PARALLEL, count) }, fetchSome)),
  );
  return items;
}

async function readDocument<T>(code: FetchRefusal, read: () => Promise<T>): Promise<T> {
  try {
    return await refusing(code, read);
  } catch (error) {
    if (error instanceof DecoDocumentError) throw new TaskRefusal(code, error.message, error);
    throw error;
  }
}

/** Storage errors that no retry mends become refusals. */
async function refusing<T>(code: FetchRefusal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isStorageError(error, "limit-exceeded")) {
      throw new TaskRefusal("disk-limit", error.message, error);
    }
    if (error instanceof StorageError && LASTING.has(error.code)) {
      throw new TaskRefusal(code, error.message, error);
    }
    throw error;
  }
}

const LASTING: ReadonlySet<string> = new Set([
  "path-refused",
  "link-refused",
  "not-a-folder",
  "not-a-file",
  "document-too-large",
  "cid-invalid",
  "dag-invalid",
]);
