import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { StorageError } from "../errors.ts";
import { checkEntryName } from "./entry-name.ts";

export interface FileNode {
  readonly kind: "file";
  /** Content in this block, before that of its children. */
  readonly data: Uint8Array;
  readonly children: readonly { readonly cid: CID; readonly bytes: number }[];
  /** Content bytes of the whole file as this block declares them. */
  readonly bytes: number;
}

export interface FolderNode {
  readonly kind: "folder";
  /** Whether this block is one shard of a large folder. */
  readonly sharded: boolean;
  readonly entries: readonly { readonly name: string; readonly cid: CID }[];
  /** Shards that hold further entries of the same folder. */
  readonly shards: readonly CID[];
}

export type UnixfsNode = FileNode | FolderNode;

/**
 * Reads one verified block as UnixFS, trusting nothing in it.
 * @throws StorageError `dag-invalid`, `link-refused`, `path-refused`, `cid-invalid`
 */
export function decodeNode(cid: CID, block: Uint8Array): UnixfsNode {
  if (cid.code === raw.code) {
    return { kind: "file", data: block, children: [], bytes: block.byteLength };
  }
  const { node, unixfs } = decodeUnixfs(cid, block);
  switch (unixfs.type) {
    case "file":
    case "raw":
      return fileNode(cid, node, unixfs);
    case "directory":
      requireCanonical(cid, node, block);
      return {
        kind: "folder",
        sharded: false,
        entries: node.Links.map((link) => entryOf(link, 0)),
        shards: [],
      };
    case "hamt-sharded-directory":
      requireCanonical(cid, node, block);
      return shardNode(cid, node, unixfs);
    case "symlink":
      throw new StorageError("link-refused", `${cid.toString()} is a symbolic link`, {
        remedy: "Ask the publisher for content without links.",
      });
    default:
      throw invalid(cid, `type ${unixfs.type} is not supported`);
  }
}

/**
 * The CIDs one block links to, whatever UnixFS makes of it.
 * @throws StorageError `dag-invalid`, `cid-invalid`
 */
export function linksOf(cid: CID, block: Uint8Array): CID[] {
  if (cid.code === raw.code) return [];
  return decodePb(cid, block).Links.map(({ Hash }) => Hash);
}

function decodePb(cid: CID, block: Uint8Array): dagPb.PBNode {
  if (cid.code !== dagPb.code) {
    throw new StorageError("cid-invalid", `Unsupported codec in CID ${cid.toString()}`, {
      remedy: "Files and folders are made of raw and dag-pb blocks.",
    });
  }
  try {
    return dagPb.decode(block);
  } catch (cause) {
    throw invalid(cid, "it is not dag-pb", cause);
  }
}

function decodeUnixfs(cid: CID, block: Uint8Array): { node: dagPb.PBNode; unixfs: UnixFS } {
  const node = decodePb(cid, block);
  if (node.Data === undefined) throw invalid(cid, "it has no UnixFS data");
  try {
    return { node, unixfs: UnixFS.unmarshal(node.Data) };
  } catch (cause) {
    throw invalid(cid, "its data is not UnixFS", cause);
  }
}

function fileNode(cid: CID, node: dagPb.PBNode, unixfs: UnixFS): FileNode {
  if (node.Links.length !== unixfs.blockSizes.length) {
    throw invalid(cid, "its sizes do not match its links");
  }
  const data = unixfs.data ?? new Uint8Array();
  let bytes = data.byteLength;
  const children = node.Links.map(({ Hash }, index) => {
    const size = Number(unixfs.blockSizes[index]);
    // An empty child adds nothing but work, so a DAG of them would have no end for any limit.
    if (!Number.isSafeInteger(size) || size <= 0) throw invalid(cid, "a child has no size");
    bytes += size;
    return { cid: Hash, bytes: size };
  });
  if (!Number.isSafeInteger(bytes)) throw invalid(cid, "its size is not a number");
  return { kind: "file", data, children, bytes };
}

function shardNode(cid: CID, node: dagPb.PBNode, unixfs: UnixFS): FolderNode {
  const fanout = Number(unixfs.fanout ?? 0n);
  if (fanout < 8 || fanout > 1024 || (fanout & (fanout - 1)) !== 0) {
    throw invalid(cid, "its fanout is not a power of two from 8 to 1024");
  }
  const prefix = (fanout - 1).toString(16).length;
  const shards = node.Links.filter(({ Name }) => Name?.length === prefix);
  const entries = node.Links.filter(({ Name }) => Name?.length !== prefix);
  return {
    kind: "folder",
    sharded: true,
    entries: entries.map((link) => entryOf(link, prefix)),
    shards: shards.map(({ Hash }) => Hash),
  };
}

function entryOf(link: dagPb.PBLink, prefix: number): { name: string; cid: CID } {
  const name = (link.Name ?? "").slice(prefix);
  checkEntryName(name);
  return { name, cid: link.Hash };
}

/**
 * A folder's block must be the one encoding of what it says. Otherwise names that are not UTF-8,
 * or out of order, would be read differently elsewhere under the same CID.
 */
function requireCanonical(cid: CID, node: dagPb.PBNode, block: Uint8Array): void {
  try {
    if (Buffer.compare(dagPb.encode(node), block) === 0) return;
  } catch (cause) {
    throw invalid(cid, "its links are not in order", cause);
  }
  throw invalid(cid, "its encoding is not canonical");
}

export function invalid(cid: CID, problem: string, cause?: unknown): StorageError {
  return new StorageError("dag-invalid", `Malformed content in ${cid.toString()}: ${problem}`, {
    remedy: "The publisher must publish the content anew; fetching again will not help.",
    cause,
  });
}
