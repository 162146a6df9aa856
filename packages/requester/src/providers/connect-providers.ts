import type { Storage } from "@deco-network/storage";
import { getBlockNumber } from "viem/actions";

import type { Market } from "../market/market.ts";
import { sleep } from "../runtime/sleep.ts";
import type { ProviderEndpoint } from "./parse-endpoint.ts";
import { gatewaysOf, readEndpoints } from "./read-endpoints.ts";

/** Connections to providers, kept until they are closed. */
export interface ProviderConnections {
  /** What providers have described so far, by id. */
  endpoints(): ProviderEndpoint[];
  /** Gateways among them: sources for a storage that is opened later. */
  gateways(): string[];
  /** Ends dialling; connections stay as long as the storage is open. Idempotent. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Pause between two looks at the chain; default 2,000 ms. */
  readonly pollMillis?: number;
  /** Most providers dialled; default 48. */
  readonly maxProviders?: number;
  readonly onEvent?: (event: ConnectEvent) => void;
}

export type ConnectEvent =
  | { readonly type: "provider-connected"; readonly provider: number }
  | { readonly type: "provider-unreachable"; readonly provider: number; readonly error: unknown };

const DIAL_TIMEOUT_MILLIS = 5_000;
const REREAD_BLOCKS = 16;
const LONGEST_PAUSE_MILLIS = 60_000;

/** When an address that failed is tried again. */
interface Retry {
  readonly at: number;
  readonly pauseMillis: number;
}

/**
 * Connects a storage to the providers of a market, so that they can ask it for inputs and it can
 * ask them for results: those that are there before this resolves, later ones and lost ones until
 * it is closed. Providers that cannot be reached are tried again with growing pauses.
 */
export async function connectProviders(
  market: Market,
  storage: Storage,
  options: ConnectOptions = {},
): Promise<ProviderConnections> {
  const closed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closed.signal]) : closed.signal;
  const dialler = new Dialler(storage, options, signal);
  const known = new Map<number, ProviderEndpoint>();
  let fromBlock = market.deployment.startBlock;

  const look = async () => {
    const toBlock = Number(await getBlockNumber(market.client, { cacheTime: 0 }));
    for (const endpoint of await readEndpoints(market, { fromBlock, toBlock, signal })) {
      known.set(endpoint.provider, endpoint);
    }
    // The tip is read again: it may be replaced.
    fromBlock = Math.max(fromBlock, toBlock - REREAD_BLOCKS);
  };
  const keep = async () => {
    while (!signal.aborted) {
      await sleep(options.pollMillis ?? 2_000, signal).catch(() => undefined);
      if (signal.aborted) return;
      // A silent node is no reason to give up the connections: the next turn asks again.
      await look().catch(() => undefined);
      await dialler.dial([...known.values()]);
    }
  };

  await look();
  await dialler.dial([...known.values()]);
  const running = keep();
  return {
    endpoints: () => [...known.values()],
    gateways: () => gatewaysOf([...known.values()]),
    async close() {
      closed.abort();
      await running;
    },
  };
}

class Dialler {
  readonly #storage: Storage;
  readonly #options: ConnectOptions;
  readonly #signal: AbortSignal;
  readonly #retries = new Map<string, Retry>();

  constructor(storage: Storage, options: ConnectOptions, signal: AbortSignal) {
    this.#storage = storage;
    this.#options = options;
    this.#signal = signal;
  }

  /** Tries every provider that is not connected and whose pause is over. */
  async dial(endpoints: readonly ProviderEndpoint[]): Promise<void> {
    const wanted = endpoints.slice(-(this.#options.maxProviders ?? 48));
    await Promise.all(wanted.map((endpoint) => this.#connect(endpoint)));
  }

  async #connect({ provider, peers }: ProviderEndpoint): Promise<void> {
    const connected = new Set(this.#storage.peers());
    if (peers.some((address) => connected.has(peerIdOf(address)))) return;
    for (const address of peers) {
      if (this.#signal.aborted) return;
      const retry = this.#retries.get(address);
      if (retry !== undefined && retry.at > Date.now()) continue;
      if (await this.#reach(provider, address, retry?.pauseMillis ?? 500)) return;
    }
  }

  async #reach(provider: number, address: string, pauseMillis: number): Promise<boolean> {
    try {
      const limits = { signal: this.#signal, timeoutMillis: DIAL_TIMEOUT_MILLIS };
      await this.#storage.connect(address, limits);
      this.#retries.delete(address);
      this.#options.onEvent?.({ type: "provider-connected", provider });
      return true;
    } catch (error) {
      if (this.#signal.aborted) return false;
      const longer = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
      this.#retries.set(address, { at: Date.now() + longer, pauseMillis: longer });
      this.#options.onEvent?.({ type: "provider-unreachable", provider, error });
      return false;
    }
  }
}

function peerIdOf(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}
