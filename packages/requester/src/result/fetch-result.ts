import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { ResultDocument } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import { forEachParallel } from "../runtime/for-each-parallel.ts";
import { Budget } from "./budget.ts";
import type { ResultLimits } from "./limits.ts";
import { fillFolder } from "./output-folder.ts";
import { patiently } from "./patience.ts";
import {
  type AcceptedResult,
  itemDigestOf,
  parseResult,
  readAccepted,
  readBag,
} from "./read-result.ts";
import { type RunWriter, writeRun } from "./write-run.ts";

export interface FetchResultOptions extends ResultLimits {
  /** What settlement said; the `settled` stage of a task is that. */
  readonly accepted: AcceptedResult;
  /** Items of the request; 1 for a single run. */
  readonly volume: number;
  /** Absent or an empty folder; appears complete or not at all. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** How long parts that nobody serves yet are asked for; default 60,000 ms. */
  readonly patienceMillis?: number;
  /** Called as runs are written; `of` is the volume. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void;
}

/** A result that was fetched, verified against what the chain accepted, and written. */
export interface FetchedResult {
  readonly folder: string;
  /** Result documents, by item; one for a single run. */
  readonly runs: readonly ResultDocument[];
  /** Bytes of all outputs and texts. */
  readonly bytes: number;
}

/** A bag's folder also holds the manifest under this name. */
export const MANIFEST_FILE = "manifest.json";
const ITEMS_FOLDER = "items";
const PARALLEL = 8;

/**
 * Fetches an accepted result into a folder. Every block is verified against its digest, and for a
 * bag the Merkle root is recomputed, so what is written is what the providers voted on.
 *
 * A single run becomes `result.json`, `out/` and `stdout`; a bag `manifest.json` and the same per
 * item in {@link itemFolder}.
 * @throws RequesterError `result-unavailable`, `result-invalid`, `result-too-large`,
 * `output-exists`, `output-unwritable`, `aborted`
 */
export async function fetchResult(
  storage: Storage,
  options: FetchResultOptions,
): Promise<FetchedResult> {
  const signal = options.signal ?? new AbortController().signal;
  const budget = new Budget(options);
  const until = Date.now() + (options.patienceMillis ?? 60_000);
  const writer: RunWriter = { storage, budget, patience: { signal, until } };
  let runs: ResultDocument[] = [];
  await fillFolder(options.folder, async (folder) => {
    runs =
      options.volume === 1
        ? [await writeSingle(writer, folder, options)]
        : await writeBag(writer, folder, options);
  });
  return { folder: options.folder, runs, bytes: budget.spent };
}

/** Folder of an item inside a bag's result folder; numbered so that names sort like items. */
export function itemFolder(folder: string, index: number, volume: number): string {
  const digits = String(volume - 1).length;
  return join(folder, ITEMS_FOLDER, String(index).padStart(digits, "0"));
}

async function writeSingle(
  writer: RunWriter,
  folder: string,
  { accepted, onProgress }: FetchResultOptions,
): Promise<ResultDocument> {
  const bytes = await readAccepted(writer.storage, accepted, writer.patience);
  const document = parseResult(bytes);
  await writeRun(writer, folder, bytes, document);
  onProgress?.({ done: 1, of: 1 });
  return document;
}

async function writeBag(
  writer: RunWriter,
  folder: string,
  { accepted, volume, onProgress }: FetchResultOptions,
): Promise<ResultDocument[]> {
  const { storage, patience } = writer;
  const { items } = await readBag(storage, accepted, volume, patience);
  const manifest = await readAccepted(storage, accepted, patience);
  await writeFile(join(folder, MANIFEST_FILE), manifest);
  const runs = new Array<ResultDocument>(volume);
  let done = 0;
  await forEachParallel(volume, PARALLEL, async (index) => {
    const { signal } = patience;
    const digest = itemDigestOf(items, index);
    const bytes = await patiently(`result of item ${index}`, patience, () =>
      storage.getDocument(digest, { signal }),
    );
    const document = parseResult(bytes);
    const target = itemFolder(folder, index, volume);
    await mkdir(target, { recursive: true });
    await writeRun(writer, target, bytes, document);
    runs[index] = document;
    done += 1;
    onProgress?.({ done, of: volume });
  });
  return runs;
}
