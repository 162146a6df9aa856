import { StorageError } from "../errors.ts";
import type { FolderLimits } from "../storage.ts";

export const DEFAULT_LIMITS: Required<FolderLimits> = {
  maxBytes: 1024 ** 3,
  maxFiles: 100_000,
  maxDepth: 64,
};

/** Counts what one operation reads or writes, and ends it at the first excess. */
export class Budget {
  readonly #limits: Required<FolderLimits>;
  #bytes = 0;
  #entries = 0;

  constructor(limits: FolderLimits, defaults: Required<FolderLimits> = DEFAULT_LIMITS) {
    this.#limits = {
      maxBytes: limits.maxBytes ?? defaults.maxBytes,
      maxFiles: limits.maxFiles ?? defaults.maxFiles,
      maxDepth: limits.maxDepth ?? defaults.maxDepth,
    };
  }

  /** @throws StorageError `limit-exceeded` */
  spendBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.maxBytes) throw exceeded("bytes", this.#limits.maxBytes);
  }

  /**
   * Counts one file or folder at `depth` levels below the root.
   * @throws StorageError `limit-exceeded`
   */
  spendEntry(depth: number): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.maxFiles) throw exceeded("entries", this.#limits.maxFiles);
    if (depth > this.#limits.maxDepth) throw exceeded("levels", this.#limits.maxDepth);
  }
}

function exceeded(unit: string, limit: number): StorageError {
  return new StorageError("limit-exceeded", `The content exceeds ${limit} ${unit}`, {
    remedy: "Raise the limit if the content is expected to be this large.",
  });
}
