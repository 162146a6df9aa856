import { wasiError } from "./errno.ts";
import type { FileNode, FolderNode, TreeNode } from "./tree-nodes.ts";

export const FDFLAG_APPEND = 1;
const MAX_DESCRIPTORS = 256;

/** A snapshot of a folder's entries, so that a listing in parts is consistent. */
export type Listing = readonly (readonly [name: string, node: TreeNode])[];

export type Descriptor =
  | { readonly kind: "input" }
  | { readonly kind: "sink"; readonly write: (chunk: Uint8Array) => void }
  | {
      readonly kind: "file";
      readonly node: FileNode;
      readonly readable: boolean;
      readonly writable: boolean;
      flags: number;
      position: number;
    }
  | {
      readonly kind: "folder";
      readonly node: FolderNode;
      /** Absolute path, for the folders that are open from the start. */
      readonly preopened?: string;
      listing?: Listing;
    };

export type FileDescriptor = Extract<Descriptor, { kind: "file" }>;
export type FolderDescriptor = Extract<Descriptor, { kind: "folder" }>;

/** The guest's open descriptors; numbers are given lowest first. */
export class DescriptorTable {
  readonly #open = new Map<number, Descriptor>();

  constructor(initial: readonly Descriptor[]) {
    for (const descriptor of initial) this.add(descriptor);
  }

  add(descriptor: Descriptor): number {
    let number = 0;
    while (this.#open.has(number)) number += 1;
    if (number >= MAX_DESCRIPTORS) throw wasiError("mfile");
    if (descriptor.kind === "file") descriptor.node.open();
    this.#open.set(number, descriptor);
    return number;
  }

  get(number: number): Descriptor {
    const descriptor = this.#open.get(number);
    if (descriptor === undefined) throw wasiError("badf");
    return descriptor;
  }

  file(number: number): FileDescriptor {
    const descriptor = this.get(number);
    if (descriptor.kind === "file") return descriptor;
    throw wasiError(descriptor.kind === "folder" ? "isdir" : "spipe");
  }

  folder(number: number): FolderDescriptor {
    const descriptor = this.get(number);
    if (descriptor.kind !== "folder") throw wasiError("notdir");
    return descriptor;
  }

  close(number: number): void {
    const descriptor = this.get(number);
    this.#open.delete(number);
    if (descriptor.kind === "file") descriptor.node.close();
  }

  /** Gives `from`'s descriptor the number `to`, closing what was there. */
  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, descriptor);
  }
}
