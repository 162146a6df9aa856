import type { Descriptor } from "./descriptors.ts";
import type { Guest } from "./guest.ts";
import type { TreeNode } from "./tree-nodes.ts";
import { CLOCK_EPOCH } from "./virtual-clock.ts";

export const FILETYPE = { unknown: 0, folder: 3, file: 4 } as const;
const FILESTAT_BYTES = 64;
const FDSTAT_BYTES = 24;
export const RIGHT = { read: 1n << 1n, write: 1n << 6n } as const;
/** Rights of preview 1 are bits 0 to 29; what a descriptor really allows is checked in use. */
const ALL_RIGHTS = (1n << 30n) - 1n;
/** Without these two on its streams, libc does not take them for seekable files. */
const SEEK_AND_TELL = (1n << 2n) | (1n << 5n);

export function fileType(node: TreeNode): number {
  return node.kind === "file" ? FILETYPE.file : FILETYPE.folder;
}

/** Writes a `filestat`: every time is the moment at which the virtual clock begins. */
export function writeFileStat(guest: Guest, address: number, node: TreeNode | undefined): void {
  const view = guest.memory.view(address, FILESTAT_BYTES);
  view.setBigUint64(0, 1n, true);
  view.setBigUint64(8, BigInt(node?.inode ?? 0), true);
  view.setBigUint64(16, BigInt(node === undefined ? FILETYPE.unknown : fileType(node)), true);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(node?.kind === "file" ? node.size : 0), true);
  for (const offset of [40, 48, 56]) view.setBigUint64(offset, CLOCK_EPOCH, true);
}

export function writeDescriptorStat(guest: Guest, address: number, descriptor: Descriptor): void {
  const view = guest.memory.view(address, FDSTAT_BYTES);
  const [type, rights, flags] = describe(descriptor);
  view.setBigUint64(0, 0n, true);
  view.setUint8(0, type);
  view.setUint16(2, flags, true);
  view.setBigUint64(8, rights, true);
  view.setBigUint64(16, descriptor.kind === "folder" ? rights : 0n, true);
}

function describe(descriptor: Descriptor): [type: number, rights: bigint, flags: number] {
  switch (descriptor.kind) {
    case "input":
      return [FILETYPE.unknown, ALL_RIGHTS & ~SEEK_AND_TELL & ~RIGHT.write, 0];
    case "sink":
      return [FILETYPE.unknown, ALL_RIGHTS & ~SEEK_AND_TELL & ~RIGHT.read, 0];
    case "folder":
      return [FILETYPE.folder, ALL_RIGHTS, 0];
    case "file": {
      const missing =
        (descriptor.readable ? 0n : RIGHT.read) | (descriptor.writable ? 0n : RIGHT.write);
      return [FILETYPE.file, ALL_RIGHTS & ~missing, descriptor.flags];
    }
  }
}
