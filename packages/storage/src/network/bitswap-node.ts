import { withBitswap } from "@helia/bitswap";
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core/memory";
import { createLibp2p } from "libp2p";
import type { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { type BlockKey, blockKey } from "../blocks/block-key.ts";
import { StorageError } from "../errors.ts";
import type { StorageEvent } from "../storage.ts";
import { raceSignal } from "./race-signal.ts";
import { sleep } from "./sleep.ts";

/** What the peer-to-peer side serves: public blocks only. */
interface ServedBlocks {
  has(cid: CID): Promise<boolean>;
  get(cid: CID): Promise<Uint8Array | undefined>;
}

export interface BitswapNodeOptions {
  readonly served: ServedBlocks;
  readonly listen: readonly string[];
  readonly maxConnections: number;
  readonly loadIdentity: () => Uint8Array | undefined;
  readonly saveIdentity: (key: Uint8Array) => void;
  readonly onEvent: (event: StorageEvent) => void;
}

/** libp2p with Helia's bitswap on it. */
export interface BitswapNode {
  /** For protocols that others bring. */
  readonly libp2p: Libp2p;
  /** Waits until a connected peer, now or later, sends the block. Ends only by `signal`. */
  retrieve(cid: CID, signal: AbortSignal): Promise<Uint8Array>;
  /** Sends a newly public block to the peers that asked for it. */
  announce(cid: CID): Promise<void>;
  connect(address: string, signal: AbortSignal): Promise<void>;
  isConnected(peerId: string): boolean;
  addresses(): string[];
  peers(): string[];
  close(): Promise<void>;
}

type BitswapHost = Parameters<typeof withBitswap>[0];
type BitswapMixin = Parameters<BitswapHost["addMixin"]>[0];

/** The part of Helia's `BitswapBlockBroker` used here; the package exports no type for it. */
interface BitswapBroker {
  retrieve(cid: CID, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  announce(cid: CID): Promise<void>;
  stop(): Promise<void>;
}

/** Messages of many blocks must get through also on a busy machine. */
const MESSAGE_TIMEOUT_MILLIS = 60_000;
/** One message answers a peer's whole wantlist: this many blocks may be in memory for a peer. */
const MAX_WANTS_PER_PEER = 128;
/** Many nodes of one machine share one address, and start together. */
const INBOUND_CONNECTIONS_PER_SECOND = 100;
/** Bitswap forgets a cancelled want only after it has flushed its wantlist. */
const WANTLIST_FLUSH_MILLIS = 50;
/** A peer that no longer answers must not keep the node from stopping. */
const STOP_TIMEOUT_MILLIS = 5_000;
/**
 * Helia's bitswap never sends cancellations and ignores a repeated want while it remembers having
 * answered it, so a peer whose want was answered too late would wait in vain. It must forget at
 * once, and the peer must ask again.
 */
const REMEMBER_SENT_MILLIS = -1;
const FIRST_REASK_MILLIS = 1_000;
const LONGEST_REASK_MILLIS = 30_000;

/**
 * Starts libp2p (TCP, WebSocket, noise, yamux, identify, ping: no discovery, no relays, no routing) and
 * bitswap. Content is found on connected peers only.
 * @throws StorageError `address-invalid` for a listen address that cannot be used
 */
export async function openBitswapNode(options: BitswapNodeOptions): Promise<BitswapNode> {
  const libp2p = await startLibp2p(options);
  const broker = await startBitswap(libp2p, options.served);
  const onConnect = (event: CustomEvent<{ toString(): string }>) =>
    options.onEvent({ type: "peer-connected", peer: event.detail.toString() });
  const onDisconnect = (event: CustomEvent<{ toString(): string }>) =>
    options.onEvent({ type: "peer-disconnected", peer: event.detail.toString() });
  libp2p.addEventListener("peer:connect", onConnect);
  libp2p.addEventListener("peer:disconnect", onDisconnect);

  /** Wants that were given up and not yet forgotten by bitswap; see WANTLIST_FLUSH_MILLIS. */
  const ending = new Map<BlockKey, Promise<void>>();

  async function want(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const key = blockKey(cid);
    const previous = ending.get(key);
    if (previous !== undefined) await raceSignal(previous, signal);
    signal.throwIfAborted();
    const attempt = broker.retrieve(cid, { signal });
    const ended = attempt
      .then(noop, noop)
      .then(() => sleep(WANTLIST_FLUSH_MILLIS))
      .finally(() => {
        if (ending.get(key) === ended) ending.delete(key);
      });
    ending.set(key, ended);
    return raceSignal(attempt, signal);
  }

  return {
    libp2p,
    async retrieve(cid, signal) {
      for (
        let patience = FIRST_REASK_MILLIS;
        ;
        patience = Math.min(2 * patience, LONGEST_REASK_MILLIS)
      ) {
        const slice = AbortSignal.timeout(patience);
        try {
          return await want(cid, AbortSignal.any([signal, slice]));
        } catch (error) {
          signal.throwIfAborted();
          if (!slice.aborted) throw error;
        }
      }
    },
    async announce(cid) {
      await broker.announce(cid);
    },
    async connect(address, signal) {
      await dial(libp2p, address, signal);
    },
    isConnected: (peerId) => libp2p.getPeers().some((peer) => peer.toString() === peerId),
    addresses: () => libp2p.getMultiaddrs().map((address) => address.toString()),
    peers: () => libp2p.getPeers().map((peer) => peer.toString()),
    async close() {
      libp2p.removeEventListener("peer:connect", onConnect);
      libp2p.removeEventListener("peer:disconnect", onDisconnect);
      const stopped = broker.stop().then(() => libp2p.stop());
      await raceSignal(stopped, AbortSignal.timeout(STOP_TIMEOUT_MILLIS)).catch(noop);
    },
  };
}

/**
 * Parses the multiaddr of a peer.
 * @throws StorageError `address-invalid` unless it is a TCP address that ends in `/p2p/<id>`
 */
export function parsePeerAddress(address: string): { address: Multiaddr; peerId: string } {
  let cause: unknown;
  try {
    const parsed = multiaddr(address);
    const last = parsed.getComponents().at(-1);
    if (last?.name === "p2p" && last.value !== undefined) {
      return { address: parsed, peerId: last.value };
    }
  } catch (error) {
    cause = error;
  }
  throw new StorageError("address-invalid", `Not the address of a peer: ${address}`, {
    remedy: "Pass a multiaddr such as /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW….",
    cause,
  });
}

async function dial(libp2p: Libp2p, address: string, signal: AbortSignal): Promise<void> {
  const peer = parsePeerAddress(address);
  if (peer.peerId === libp2p.peerId.toString()) return;
  try {
    await raceSignal(libp2p.dial(peer.address, { signal }), signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new StorageError("peer-unreachable", `Could not connect to ${address}`, {
      remedy: "Check that the peer runs, that the address is current, and that nothing blocks it.",
      cause,
    });
  }
}

async function startLibp2p(options: BitswapNodeOptions): Promise<Libp2p> {
  const saved = options.loadIdentity();
  const privateKey =
    saved === undefined ? await generateKeyPair("Ed25519") : privateKeyFromProtobuf(saved);
  if (saved === undefined) options.saveIdentity(privateKeyToProtobuf(privateKey));
  try {
    return await createLibp2p({
      privateKey,
      datastore: new MemoryDatastore(),
      addresses: { listen: [...options.listen] },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), ping: ping() },
      connectionManager: {
        maxConnections: options.maxConnections,
        maxIncomingPendingConnections: options.maxConnections,
        inboundConnectionThreshold: INBOUND_CONNECTIONS_PER_SECOND,
      },
    });
  } catch (cause) {
    throw new StorageError("address-invalid", `Cannot listen on ${options.listen.join(", ")}`, {
      remedy: "Choose free TCP multiaddrs of this machine; port 0 picks a free port.",
      cause,
    });
  }
}

/**
 * Runs Helia's bitswap without the rest of Helia (see docs/decisions/0010). Bitswap reads exactly
 * the members given here.
 */
async function startBitswap(libp2p: Libp2p, served: ServedBlocks): Promise<BitswapBroker> {
  const mixins: BitswapMixin[] = [];
  const brokers: BitswapBroker[] = [];
  const host = {
    status: "starting",
    libp2p,
    logger: libp2p.logger,
    blockstore: {
      has: (cid: CID) => served.has(cid),
      get: async function* (cid: CID) {
        const block = await served.get(cid);
        if (block === undefined) throw new BlockGoneError();
        yield block;
      },
    },
    // Content is found on connected peers only, so every search ends at once.
    routing: { findProviders: async function* () {} },
    getHasher: () => sha256,
    hasBlockBroker: () => brokers.length > 0,
    addBlockBroker: (broker: BitswapBroker) => brokers.push(broker),
    addMixin: (mixin: BitswapMixin) => mixins.push(mixin),
  } as unknown as BitswapHost;
  withBitswap(host, {
    messageSendTimeout: MESSAGE_TIMEOUT_MILLIS,
    messageReceiveTimeout: MESSAGE_TIMEOUT_MILLIS,
    maxWantlistSize: MAX_WANTS_PER_PEER,
    doNotResendBlockWindow: REMEMBER_SENT_MILLIS,
  });
  for (const mixin of mixins) await mixin.start?.(host);
  const broker = brokers[0];
  if (broker === undefined) {
    throw new StorageError("option-invalid", "Bitswap did not start", {
      remedy: "Install the version of @helia/bitswap that this package names.",
    });
  }
  return broker;
}

/** Bitswap tells a block that went away from a failure by this name. */
class BlockGoneError extends Error {
  override readonly name = "NotFoundError";
}

function noop(): void {}
