import { wasiError } from "./errno.ts";

/** Bounds of what a guest may write, beside the total size. */
export const OUTPUT_BOUNDS = {
  /** Files and folders below `/out`. */
  entries: 10_000,
  depth: 32,
  nameBytes: 255,
  pathBytes: 4_096,
} as const;

/** Spare room that a growing file gets, so that appending stays cheap. */
const GROWTH_FACTOR = 1.5;

/** What the writable part of the tree has used up. */
export class OutputBudget {
  readonly #maxBytes: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
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
    if (this.#entries >= OUTPUT_BOUNDS.entries) throw wasiError("nospc");
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
      const grown = new Uint8Array(Math.max(size, Math.floor(this.#content.length * GROWTH_FACTOR)));
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
  readonly depth: number;
  readonly budget: OutputBudget | undefined;
  readonly entries = new Map<string, TreeNode>();

  constructor(inode: number, depth: number, budget?: OutputBudget) {
    this.inode = inode;
    this.depth = depth;
    this.budget = budget;
  }

  get writable(): boolean {
    return this.budget !== undefined;
  }
}

export type TreeNode = FileNode | FolderNode;

/** Orders names by their UTF-8 bytes, which is the order of their code points. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Where a path leads: the folder that holds its last name, and the node if there is one. */
export interface Place {
  readonly parent: FolderNode;
  /** Empty when the path leads to the folder where it began. */
  readonly name: string;
  readonly node: TreeNode | undefined;
  /** The path ends in a slash, hence must be a folder. */
  readonly folderWanted: boolean;
}

/**
 * The guest's whole file system: `/in`, `/out` and, for an item of a bag, `/item`. It exists in
 * memory only, so no path can reach a file of the machine.
 */
export class FileTree {
  readonly root: FolderNode;
  readonly input: FolderNode;
  readonly output: FolderNode;
  readonly budget: OutputBudget;
  #inodes = 0;

  constructor(maxOutputBytes: number) {
    this.budget = new OutputBudget(maxOutputBytes);
    this.root = this.#folder(0);
    this.input = this.#folder(0);
    this.output = this.#folder(0, this.budget);
    this.root.entries.set("in", this.input);
    this.root.entries.set("out", this.output);
  }

  /** Adds a read-only file, with the folders on its way. */
  addInput(base: FolderNode, path: string, content: Uint8Array): void {
    const names = path.split("/");
    const last = names.pop() as string;
    let folder = base;
    for (const name of names) {
      const known = folder.entries.get(name);
      const next = known?.kind === "folder" ? known : this.#folder(folder.depth + 1);
      folder.entries.set(name, next);
      folder = next;
    }
    folder.entries.set(last, new FileNode(this.#nextInode(), content));
  }

  /**
   * Follows a path from a folder. `..` never leads above that folder.
   * @throws WasiError `notcapable` for such paths and absolute ones.
   */
  resolve(base: FolderNode, path: string): Place {
    if (path === "") throw wasiError("noent");
    if (Buffer.byteLength(path) > OUTPUT_BOUNDS.pathBytes) throw wasiError("nametoolong");
    if (path.startsWith("/")) throw wasiError("notcapable");
    const trail: FolderNode[] = [base];
    const names = path.split("/").filter((name) => name !== "" && name !== ".");
    const folderWanted = /(^|\/)\.{0,2}$/.test(path);
    let place: Place = { parent: base, name: "", node: base, folderWanted };
    for (const name of names) {
      if (place.node === undefined) throw wasiError("noent");
      if (place.node.kind !== "folder") throw wasiError("notdir");
      if (name === "..") {
        trail.pop();
        const parent = trail.at(-1);
        if (parent === undefined) throw wasiError("notcapable");
        place = { parent, name: "", node: parent, folderWanted };
        continue;
      }
      if (Buffer.byteLength(name) > OUTPUT_BOUNDS.nameBytes) throw wasiError("nametoolong");
      const parent = place.node;
      const node = parent.entries.get(name);
      if (node?.kind === "folder") trail.push(node);
      place = { parent, name, node, folderWanted };
    }
    return place;
  }

  createFile(place: Place): FileNode {
    const budget = this.#roomIn(place);
    if (place.folderWanted) throw wasiError("isdir");
    budget.addEntry();
    const file = new FileNode(this.#nextInode(), new Uint8Array(), budget);
    place.parent.entries.set(place.name, file);
    return file;
  }

  createFolder(place: Place): void {
    if (place.node !== undefined) throw wasiError("exist");
    const budget = this.#roomIn(place);
    budget.addEntry();
    place.parent.entries.set(place.name, this.#folder(place.parent.depth + 1, budget));
  }

  removeFile(place: Place): void {
    if (place.node === undefined) throw wasiError("noent");
    if (place.node.kind === "folder") throw wasiError("isdir");
    if (place.folderWanted) throw wasiError("notdir");
    if (!place.parent.writable) throw wasiError("rofs");
    place.parent.entries.delete(place.name);
    place.node.unlink();
    this.budget.removeEntry();
  }

  removeFolder(place: Place): void {
    if (place.node === undefined) throw wasiError("noent");
    if (place.node.kind === "file") throw wasiError("notdir");
    if (place.name === "") throw wasiError("inval");
    if (!place.parent.writable) throw wasiError("rofs");
    if (place.node.entries.size > 0) throw wasiError("notempty");
    place.parent.entries.delete(place.name);
    this.budget.removeEntry();
  }

  /** Moves a file, replacing another; folders keep their place, since their depth is bounded. */
  rename(from: Place, to: Place): void {
    if (from.node === undefined) throw wasiError("noent");
    if (!from.parent.writable || !to.parent.writable) throw wasiError("rofs");
    if (from.node.kind === "folder") throw wasiError("notsup");
    if (to.node === from.node) return;
    if (from.folderWanted || to.folderWanted) throw wasiError("notdir");
    if (to.node?.kind === "folder") throw wasiError("isdir");
    if (to.node !== undefined) this.removeFile(to);
    from.parent.entries.delete(from.name);
    to.parent.entries.set(to.name, from.node);
  }

  #roomIn(place: Place): OutputBudget {
    const { budget } = place.parent;
    if (budget === undefined) throw wasiError("rofs");
    if (place.parent.depth >= OUTPUT_BOUNDS.depth) throw wasiError("nametoolong");
    return budget;
  }

  #folder(depth: number, budget?: OutputBudget): FolderNode {
    return new FolderNode(this.#nextInode(), depth, budget);
  }

  #nextInode(): number {
    this.#inodes += 1;
    return this.#inodes;
  }
}
