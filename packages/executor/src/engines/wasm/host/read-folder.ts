import type { FolderDescriptor, Listing } from "./descriptors.ts";
import { wasiError } from "./errno.ts";
import { fileType } from "./file-stat.ts";
import { compareNames } from "./file-tree.ts";
import { LISTED_ENTRY_FUEL } from "./fuel-gauge.ts";
import type { Guest } from "./guest.ts";

const DIRENT_BYTES = 24;

/**
 * `fd_readdir`: fills a buffer with entries from a cookie on, the last one perhaps cut. Entries
 * are sorted by their names' bytes and taken when a listing begins.
 */
export function readFolder(
  guest: Guest,
  folder: FolderDescriptor,
  call: {
    readonly buffer: number;
    readonly length: number;
    readonly cookie: bigint;
    readonly result: number;
  },
): void {
  const target = guest.memory.bytes(call.buffer, call.length);
  if (call.cookie === 0n || folder.listing === undefined) {
    guest.fuel.charge((folder.node.entries.size + 2) * LISTED_ENTRY_FUEL);
    folder.listing = list(folder);
  }
  if (BigInt.asUintN(64, call.cookie) > BigInt(folder.listing.length)) throw wasiError("inval");
  guest.fuel.chargeBytes(target.length);
  let used = 0;
  for (let index = Number(call.cookie); index < folder.listing.length; index++) {
    const entry = encode(folder.listing, index).subarray(0, target.length - used);
    target.set(entry, used);
    used += entry.length;
    if (used === target.length) break;
  }
  guest.memory.writeU32(call.result, used);
}

function list(folder: FolderDescriptor): Listing {
  const entries = [...folder.node.entries].sort(([a], [b]) => compareNames(a, b));
  return [[".", folder.node], ["..", folder.node], ...entries];
}

function encode(listing: Listing, index: number): Uint8Array {
  const [name, node] = listing[index] as Listing[number];
  const text = new TextEncoder().encode(name);
  const entry = new Uint8Array(DIRENT_BYTES + text.length);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(index + 1), true);
  view.setBigUint64(8, BigInt(node.inode), true);
  view.setUint32(16, text.length, true);
  view.setUint8(20, fileType(node));
  entry.set(text, DIRENT_BYTES);
  return entry;
}
