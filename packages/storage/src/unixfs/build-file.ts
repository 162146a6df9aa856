import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 } from "multiformats/hashes/sha2";
import { CHUNK_BYTES, importerOptions } from "./profile.ts";

/** Receives each block as soon as its CID is known, leaves first. */
export type PutBlock = (cid: CID, bytes: Uint8Array) => Promise<void>;

export interface BuiltNode {
  readonly cid: CID;
  /** Content bytes. */
  readonly bytes: number;
  /** Bytes of all blocks below and including the root: a link's `Tsize`. */
  readonly dagBytes: number;
}

/** Builds the UnixFS DAG of a file. Content of at most 1 MiB is one raw block. */
export async function buildFile(
  content: AsyncIterable<Uint8Array>,
  put: PutBlock,
): Promise<BuiltNode> {
  const iterator = content[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  try {
    while (headBytes <= CHUNK_BYTES) {
      const next = await iterator.next();
      if (next.done === true) return await buildLeaf(Buffer.concat(head, headBytes), put);
      head.push(next.value);
      headBytes += next.value.byteLength;
    }
    return await buildTree(resume(head, iterator), put);
  } finally {
    await iterator.return?.();
  }
}

/** Builds a single raw block. */
export async function buildLeaf(bytes: Uint8Array, put: PutBlock): Promise<BuiltNode> {
  const cid = CID.createV1(raw.code, await sha256.digest(bytes));
  await put(cid, bytes);
  return { cid, bytes: bytes.byteLength, dagBytes: bytes.byteLength };
}

async function buildTree(content: AsyncIterable<Uint8Array>, put: PutBlock): Promise<BuiltNode> {
  const { importFile } = await import("ipfs-unixfs-importer");
  const options = await importerOptions();
  const blocks = {
    put: async (cid: CID, bytes: Uint8Array) => {
      await put(cid, bytes);
      return cid;
    },
  };
  const root = await importFile({ content }, blocks as Parameters<typeof importFile>[1], options);
  return {
    cid: root.cid,
    bytes: Number(root.unixfs?.fileSize() ?? root.size),
    dagBytes: Number(root.size),
  };
}

async function* resume(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}
