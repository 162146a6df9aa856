import type { ImporterOptions } from "ipfs-unixfs-importer";

/** Bytes per leaf of a file. */
export const CHUNK_BYTES = 1024 * 1024;

/** A folder whose block would be larger is split into shards. */
export const SHARD_THRESHOLD_BYTES = 256 * 1024;

/**
 * The profile `unixfs-v1-2025` (IPIP-499), spelled out so that no default of a later importer
 * can change a CID: 1 MiB chunks, 1024 links, raw leaves, CIDv1, folders split into shards by the
 * size of their block. The concurrency bounds memory to a few chunks.
 */
export async function importerOptions(): Promise<ImporterOptions> {
  const [{ fixedSize }, { balanced }] = await Promise.all([
    import("ipfs-unixfs-importer/chunker"),
    import("ipfs-unixfs-importer/layout"),
  ]);
  return {
    profile: "unixfs-v1-2025",
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    fieldOrder: "links-first",
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: 1024 }),
    shardSplitStrategy: "block-bytes",
    shardSplitThresholdBytes: SHARD_THRESHOLD_BYTES,
    shardFanoutBits: 8,
    wrapWithDirectory: false,
    fileImportConcurrency: 1,
    blockWriteConcurrency: 4,
  };
}
