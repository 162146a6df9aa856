import type {
  JobDocument,
  ProgramDocument,
  ProgramDraft,
  SealedInputDocument,
} from "@deco-network/sdk";

/** A module or image archive: a file of this machine, or its bytes. */
export type Artefact = string | Uint8Array;

/** Where the program comes from. */
export type ProgramSource =
  | { readonly kind: "document"; readonly document: ProgramDocument }
  /** `artefact` is what the draft names as a file; absent when it names a CID. */
  | { readonly kind: "draft"; readonly draft: ProgramDraft; readonly artefact?: Artefact }
  /** A circuit whose keys are in a folder of this machine. */
  | { readonly kind: "draft"; readonly draft: ProgramDraft; readonly keys: string }
  /** Stored by somebody else already. */
  | { readonly kind: "stored"; readonly cid: string };

/** The folder that the program sees as /in. */
export type FolderSource =
  | { readonly kind: "folder"; readonly path: string }
  /** Paths with forward slashes, relative to /in. */
  | { readonly kind: "files"; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: "stored"; readonly cid: string };

/** The items of a bag, in order; each at most 1 MiB. */
export type ItemsSource =
  | { readonly kind: "bytes"; readonly items: readonly Uint8Array[] }
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "stored"; readonly list: string; readonly count: number };

/** What is to be published before a task can be posted. */
export interface JobDraft {
  readonly program: ProgramSource;
  readonly files?: FolderSource;
  readonly items?: ItemsSource;
  /** Of a circuit's input. */
  readonly commitment?: string;
  /** Of a private job, instead of files and items: what is public of its input, and the file of its ciphertext. */
  readonly sealed?: { readonly document: SealedInputDocument; readonly path: string };
}

/** A job file with everything that it names found. */
export interface LoadedJob {
  readonly document: JobDocument;
  readonly draft: JobDraft;
  /** Absolute path of the folder for outputs, if the job names one. */
  readonly output?: string;
}
