import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import type { BuiltNode, PutBlock } from "./build-file.ts";
import { importerOptions, SHARD_THRESHOLD_BYTES } from "./profile.ts";

export interface BuiltEntry extends BuiltNode {
  readonly name: string;
}

/**
 * Builds the node of one folder from its finished entries. The importer's own tree builder is not
 * used for this: it weighs a folder before its subfolders have CIDs, so that a folder of very many
 * subfolders stays one block that no peer could send.
 */
export async function buildFolder(
  entries: readonly BuiltEntry[],
  put: PutBlock,
): Promise<BuiltNode> {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const block = dagPb.encode(
    dagPb.prepare({
      Data: new UnixFS({ type: "directory" }).marshal(),
      Links: entries.map(({ name, cid, dagBytes }) => ({ Name: name, Hash: cid, Tsize: dagBytes })),
    }),
  );
  if (block.byteLength > SHARD_THRESHOLD_BYTES) return buildShards(entries, bytes, put);
  const cid = CID.createV1(dagPb.code, await sha256.digest(block));
  await put(cid, block);
  const dagBytes = entries.reduce((sum, entry) => sum + entry.dagBytes, block.byteLength);
  return { cid, bytes, dagBytes };
}

async function buildShards(
  entries: readonly BuiltEntry[],
  bytes: number,
  put: PutBlock,
): Promise<BuiltNode> {
  const { importDirectory } = await import("ipfs-unixfs-importer");
  const blocks = {
    put: async (cid: CID, block: Uint8Array) => {
      await put(cid, block);
      return cid;
    },
  };
  const root = await importDirectory(
    { path: "" },
    blocks as Parameters<typeof importDirectory>[1],
    {
      ...(await importerOptions()),
      wrapWithDirectory: true,
      // The entries are built already: hand them to the tree builder as they are.
      dagBuilder: async function* () {
        for (const { name, cid, dagBytes } of entries) {
          yield async () => ({ cid, path: name, size: BigInt(dagBytes), unixfs: FOLDER_MARK });
        }
      },
    },
  );
  return { cid: root.cid, bytes, dagBytes: Number(root.size) };
}

/** Keeps the tree builder from yielding the entries themselves; only the root is wanted. */
const FOLDER_MARK = new UnixFS({ type: "directory" });
