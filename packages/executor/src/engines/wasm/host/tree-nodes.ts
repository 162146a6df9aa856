import { wasiError } from "./errno.ts";

/** Bounds of what a guest may write, beside the total size. */
export const OUTPUT_BOUNDS = {
  /** Files and folders below `/out`. */
  entries: 10_000,
  depth: 32,
  nameBytes: 255,
  /** Path of a file relative to `/out`; below what documents and file systems take. */
  pathBytes: 1_024,
} as const;

/** Spare room that a growing file gets, so that appending stays cheap. */
const GROWTH_FACTOR = 1.5;

/** What the writable part of the tree has used up. */
export class OutputBudget {
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes: number, maxEntries: number = OUTPUT_BOUNDS.entries) {
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws WasiError `nospc` when the change would pass the limit; then nothing changes. */
  resize(change: number): void {
    if (this.#bytes + change > this.#maxBytes) throw wasiError("nospc");
    this.#bytes += change;
  }

  addEntry(): void {
    if (this.#entries >= this.#maxEntries) throw wasiError("nospc");
    this.#entries += 1;
  }

  removeEntry(): void {
    this.#entries -= 1;
  }
}

/** A regular file in memory. Input files share their bytes and have no budget. */
export class FileNode {
  readonly kind = "file";
  readonly inode: number;
  readonly #budget: OutputBudget | undefined;
  #content: Uint8Array;
  #size: number;
  #linked = true;
  #opened = 0;

  constructor(inode: number, content: Uint8Array, budget?: OutputBudget) {
    this.inode = inode;
    this.#content = content;
    this.#size = content.length;
    this.#budget = budget;
  }

  get writable(): boolean {
    return this.#budget !== undefined;
  }

  get size(): number {
    return this.#size;
  }

  get content(): Uint8Array {
    return this.#content.subarray(0, this.#size);
  }

  open(): void {
    this.#opened += 1;
  }

  close(): void {
    this.#opened -= 1;
    this.#release();
  }

  /** Its name is gone; the bytes count until the last descriptor is closed. */
  unlink(): void {
    this.#linked = false;
    this.#release();
  }

  /**
   * Cuts the file or extends it with zeros.
   * @param pay Charges for the bytes added, once it is known that they are allowed.
   */
  resize(size: number, pay: (bytes: number) => void): void {
    if (this.#budget === undefined) throw wasiError("rofs");
    this.#budget.resize(size - this.#size);
    pay(Math.max(0, size - this.#size));
    if (size > this.#content.length) {
      const grown = new Uint8Array(
        Math.max(size, Math.floor(this.#content.length * GROWTH_FACTOR)),
      );
      grown.set(this.content);
      this.#content = grown;
    } else if (size < this.#size) {
      this.#content.fill(0, size, this.#size);
    }
    this.#size = size;
  }

  #release(): void {
    if (this.#linked || this.#opened > 0) return;
    this.#budget?.resize(-this.#size);
    this.#content = new Uint8Array();
    this.#size = 0;
  }
}

export class FolderNode {
  readonly kind = "folder";
  readonly inode: number;
  /** Distance from the folder that the guest sees at the top. */
  readonly depth: number;
  /** Length of the path from there, with a slash at its end. */
  readonly pathBytes: number;
  readonly budget: OutputBudget | undefined;
  readonly entries = new Map<string, TreeNode>();

  constructor(inode: number, parent: FolderNode | undefined, name: string, budget?: OutputBudget) {
    this.inode = inode;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.pathBytes = parent === undefined ? 0 : parent.pathBytes + Buffer.byteLength(name) + 1;
    this.budget = budget;
  }

  get writable(): boolean {
    return this.budget !== undefined;
  }
}

export type TreeNode = FileNode | FolderNode;
