import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { memoryBlockStore } from "./blocks/block-store.ts";
import { folderBlockStore } from "./blocks/folder-block-store.ts";
import { LocalBlocks } from "./blocks/local-blocks.ts";
import { type Catalogue, openCatalogue } from "./catalogue/catalogue.ts";
import { storageErrorFromDisk } from "./disk/disk-errors.ts";
import { StorageError } from "./errors.ts";
import { parseGateway } from "./gateway/gateway-url.ts";
import { openKubo } from "./kubo/open-kubo.ts";
import type { BitswapNode } from "./network/bitswap-node.ts";
import { BlockFetcher } from "./network/block-fetcher.ts";
import { NodeStorage } from "./node-storage.ts";
import type { Storage, StorageEvent, StorageOptions } from "./storage.ts";
import { DEFAULT_LIMITS } from "./unixfs/budget.ts";

const DEFAULT_LISTEN = ["/ip4/127.0.0.1/tcp/0"];
const DEFAULT_TIMEOUT_MILLIS = 30_000;
const DEFAULT_MAX_CONNECTIONS = 64;

/**
 * Opens the storage of this process. Nothing is contacted but the given peers and gateways; by
 * default it listens on loopback only.
 * @throws StorageError `folder-in-use`, `folder-unusable`, `address-invalid`
 */
export async function openStorage(options: StorageOptions = {}): Promise<Storage> {
  const gateways = (options.gateways ?? []).map(parseGateway);
  const kubo = options.kubo && openKubo(options.kubo);
  const onEvent = guarded(options.onEvent);
  const closed = new AbortController();
  const opened = await openFolder(options.folder);
  const catalogue = kubo ? kubo.watch(opened) : opened;
  let node: BitswapNode | undefined;
  try {
    const durable = options.durable === true;
    const blocks = await openBlocks(options.folder, durable, onEvent);
    if (options.peerToPeer !== false) {
      node = await openNode(options, blocks, catalogue, onEvent, closed.signal);
    }
    const peers = node;
    blocks.onPublished = peers && ((cid) => peers.announce(cid));
    const fetcher = new BlockFetcher({
      ...(peers && { fromPeers: peers.retrieve }),
      hasPeers: () => peers !== undefined && peers.peers().length > 0,
      gateways,
      ...(kubo && { sources: [kubo.source(onEvent)] }),
      onEvent,
    });
    const mirroring = kubo?.start({ blocks, catalogue, onEvent, signal: closed.signal });
    return new NodeStorage({
      context: {
        blocks,
        fetcher,
        defaultTimeoutMillis: options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS,
        closed: closed.signal,
      },
      blocks,
      catalogue,
      node,
      durable,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      onEvent,
      async close(untilIdle) {
        closed.abort(closedError());
        await untilIdle();
        await mirroring;
        await peers?.close();
        catalogue.close();
      },
    });
  } catch (error) {
    closed.abort(closedError());
    await node?.close();
    catalogue.close();
    throw error;
  }
}

async function openFolder(folder: string | undefined): Promise<Catalogue> {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw storageErrorFromDisk(error, `create ${folder}`);
    });
  }
  return openCatalogue(folder);
}

async function openBlocks(
  folder: string | undefined,
  durable: boolean,
  onEvent: (event: StorageEvent) => void,
): Promise<LocalBlocks> {
  if (folder === undefined) return new LocalBlocks(memoryBlockStore(), memoryBlockStore(), onEvent);
  try {
    const [publicStore, stagedStore] = await Promise.all([
      folderBlockStore(join(folder, "blocks"), durable),
      folderBlockStore(join(folder, "staged"), durable),
    ]);
    return new LocalBlocks(publicStore, stagedStore, onEvent);
  } catch (error) {
    throw storageErrorFromDisk(error, `open ${folder}`);
  }
}

/** Loads libp2p only when it is wanted: it is most of the time and memory of opening. */
async function openNode(
  options: StorageOptions,
  blocks: LocalBlocks,
  catalogue: Catalogue,
  onEvent: (event: StorageEvent) => void,
  closed: AbortSignal,
): Promise<BitswapNode> {
  const [{ openBitswapNode }, { keepPeers }] = await Promise.all([
    import("./network/bitswap-node.ts"),
    import("./network/keep-peers.ts"),
  ]);
  const node = await openBitswapNode({
    served: { has: (cid) => blocks.hasPublic(cid), get: (cid) => blocks.loadPublic(cid) },
    listen: options.listen ?? DEFAULT_LISTEN,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    loadIdentity: catalogue.loadIdentity,
    saveIdentity: catalogue.saveIdentity,
    onEvent,
  });
  try {
    keepPeers(node, options.peers ?? [], onEvent, closed);
    return node;
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** An observer's mistake must not fail the operation it observes. */
function guarded(onEvent: StorageOptions["onEvent"]): (event: StorageEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // Documented: errors thrown by the callback are ignored.
    }
  };
}

function closedError(): StorageError {
  return new StorageError("closed", "The storage is closed", {
    remedy: "Open it again.",
  });
}
