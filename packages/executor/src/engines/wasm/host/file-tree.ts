import { CURRENT } from "../../kept-checkpoints.ts";
import { wasiError } from "./errno.ts";
import { FileNode, FolderNode, OUTPUT_BOUNDS, OutputBudget, type TreeNode } from "./tree-nodes.ts";

/** Length of a path that a guest may name at all. */
const MAX_GIVEN_PATH_BYTES = 4_096;

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

/** The folder of a program that keeps checkpoints. */
export interface CheckpointFolder {
  /** Largest checkpoint. The folder holds twice that, since the next one is written beside the current one. */
  readonly maxBytes: number;
  /** Content of the current one at the beginning. */
  readonly current?: Uint8Array;
  /** Called with the content each time that one is put in the place of the current one. */
  readonly onCurrent?: (content: Uint8Array) => void;
}

/** Files and folders in `/checkpoint`. */
const CHECKPOINT_ENTRIES = 64;

/**
 * The guest's whole file system: `/in`, `/out` and, for an item of a bag, `/item`; `/checkpoint` where
 * the program keeps some. It exists in memory only, so no path can reach a file of the machine.
 */
export class FileTree {
  readonly root: FolderNode;
  readonly input: FolderNode;
  readonly output: FolderNode;
  readonly checkpoint: FolderNode | undefined;
  readonly #budgets: readonly OutputBudget[];
  readonly #checkpoints: CheckpointFolder | undefined;
  #inodes = 0;

  constructor(maxOutputBytes: number, checkpoints?: CheckpointFolder) {
    const outputs = new OutputBudget(maxOutputBytes);
    this.#checkpoints = checkpoints;
    this.root = new FolderNode(this.#nextInode(), undefined, "");
    this.input = new FolderNode(this.#nextInode(), undefined, "");
    this.output = new FolderNode(this.#nextInode(), undefined, "", outputs);
    this.root.entries.set("in", this.input);
    this.root.entries.set("out", this.output);
    this.#budgets = [outputs];
    if (checkpoints) {
      const budget = new OutputBudget(2 * checkpoints.maxBytes, CHECKPOINT_ENTRIES);
      this.#budgets = [outputs, budget];
      this.checkpoint = this.#checkpointFolder(budget, checkpoints.current);
      this.root.entries.set("checkpoint", this.checkpoint);
    }
  }

  /** What the guest's files take of this machine's memory, its input apart. */
  get writtenBytes(): number {
    return this.#budgets.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #checkpointFolder(budget: OutputBudget, current: Uint8Array | undefined): FolderNode {
    const folder = new FolderNode(this.#nextInode(), undefined, "", budget);
    if (current) {
      budget.addEntry();
      budget.resize(current.length);
      folder.entries.set(CURRENT, new FileNode(this.#nextInode(), current, budget));
    }
    return folder;
  }

  /** Adds a read-only file, with the folders on its way. */
  addInput(base: FolderNode, path: string, content: Uint8Array): void {
    const names = path.split("/");
    const last = names.pop() as string;
    let folder = base;
    for (const name of names) {
      const known = folder.entries.get(name);
      const next =
        known?.kind === "folder" ? known : new FolderNode(this.#nextInode(), folder, name);
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
    if (Buffer.byteLength(path) > MAX_GIVEN_PATH_BYTES) throw wasiError("nametoolong");
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
    const folder = new FolderNode(this.#nextInode(), place.parent, place.name, budget);
    place.parent.entries.set(place.name, folder);
  }

  removeFile(place: Place): void {
    if (place.node === undefined) throw wasiError("noent");
    if (place.node.kind === "folder") throw wasiError("isdir");
    if (place.folderWanted) throw wasiError("notdir");
    if (!place.parent.writable) throw wasiError("rofs");
    place.parent.entries.delete(place.name);
    place.node.unlink();
    place.parent.budget?.removeEntry();
  }

  removeFolder(place: Place): void {
    if (place.node === undefined) throw wasiError("noent");
    if (place.node.kind === "file") throw wasiError("notdir");
    if (place.name === "") throw wasiError("inval");
    if (!place.parent.writable) throw wasiError("rofs");
    if (place.node.entries.size > 0) throw wasiError("notempty");
    place.parent.entries.delete(place.name);
    place.parent.budget?.removeEntry();
  }

  /**
   * Moves a file, replacing another; folders keep their place, since their depth is bounded. What becomes
   * `/checkpoint/current` by that is a finished checkpoint.
   */
  rename(from: Place, to: Place): void {
    if (from.node === undefined) throw wasiError("noent");
    if (!from.parent.writable) throw wasiError("rofs");
    if (this.#roomIn(to) !== from.parent.budget) throw wasiError("xdev");
    if (from.node.kind === "folder") throw wasiError("notsup");
    if (to.node === from.node) return;
    if (from.folderWanted || to.folderWanted) throw wasiError("notdir");
    if (to.node?.kind === "folder") throw wasiError("isdir");
    const finished = to.parent === this.checkpoint && to.name === CURRENT;
    const { maxBytes = 0, onCurrent } = this.#checkpoints ?? {};
    if (finished && from.node.size > maxBytes) throw wasiError("fbig");
    if (to.node !== undefined) this.removeFile(to);
    from.parent.entries.delete(from.name);
    to.parent.entries.set(to.name, from.node);
    if (finished) onCurrent?.(from.node.content);
  }

  #roomIn(place: Place): OutputBudget {
    const { budget } = place.parent;
    if (budget === undefined) throw wasiError("rofs");
    const pathBytes = place.parent.pathBytes + Buffer.byteLength(place.name);
    if (place.parent.depth >= OUTPUT_BOUNDS.depth || pathBytes > OUTPUT_BOUNDS.pathBytes) {
      throw wasiError("nametoolong");
    }
    return budget;
  }

  #nextInode(): number {
    this.#inodes += 1;
    return this.#inodes;
  }
}
