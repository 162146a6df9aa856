import { type FreeResources, type Heartbeat, P2pError, type Received } from "@deco-network/p2p";
import { getProvider, listEndpoints } from "@deco-network/sdk/actions";
import { isAddressEqual } from "viem";

import type { Chain, Head } from "../chain/market.ts";

/** Where an executor is reached and what it announced. */
export interface Reachable {
  readonly endpoints: readonly string[];
  readonly free: FreeResources | undefined;
  readonly engines: readonly string[] | undefined;
}

export interface DirectoryOptions {
  readonly chain: Chain;
  readonly head: () => Head;
  /** Seconds after which a heartbeat counts no more. */
  readonly forgetSeconds: number;
}

/** More addresses than this of one provider are not tried. */
const MAX_ADDRESSES = 8;
/** Blocks read again at every look: the tip may be replaced. */
const REREAD_BLOCKS = 16;

/** Where executors are: as they described themselves on-chain, or as their heartbeats tell. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #described = new Map<number, readonly string[]>();
  readonly #heartbeats = new Map<number, Heartbeat & { readonly sentAt: number }>();
  #fromBlock: number;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#fromBlock = options.chain.deployment.startBlock;
  }

  /** Reads what was described on-chain since the last look. */
  async look(signal: AbortSignal): Promise<void> {
    const { chain, head } = this.#options;
    const toBlock = head().number;
    const { client, deployment } = chain;
    const range = { fromBlock: this.#fromBlock, toBlock };
    for (const endpoint of await listEndpoints(client, { deployment, ...range, signal })) {
      const peers = endpoint.addresses.filter((address) =>
        /^\/.+\/p2p\/[A-Za-z0-9]+$/.test(address),
      );
      this.#described.set(endpoint.provider, peers.slice(0, MAX_ADDRESSES));
    }
    this.#fromBlock = Math.max(this.#fromBlock, toBlock - REREAD_BLOCKS);
  }

  /**
   * Believes a heartbeat that the provider's operator signed.
   * @throws P2pError `sender-refused`
   */
  async hear({ sender, sentAt, body }: Received<Heartbeat>): Promise<void> {
    const { client, deployment } = this.#options.chain;
    const { provider } = body;
    const known = await getProvider(client, { deployment, provider }).catch(() => undefined);
    if (known === undefined || !isAddressEqual(known.operator, sender)) {
      throw new P2pError("sender-refused", `${sender} does not operate provider ${provider}.`);
    }
    const last = this.#heartbeats.get(provider);
    // An older one, sent again by somebody, tells nothing new.
    if (last !== undefined && last.sentAt > sentAt) return;
    this.#heartbeats.set(provider, { ...body, sentAt });
  }

  /** Undefined when nobody knows where it is. */
  find(provider: number): Reachable | undefined {
    const { head, forgetSeconds } = this.#options;
    const heard = this.#heartbeats.get(provider);
    if (heard !== undefined && heard.sentAt + forgetSeconds >= head().timestamp) {
      return { endpoints: heard.endpoints, free: heard.free, engines: heard.engines };
    }
    const endpoints = this.#described.get(provider);
    if (endpoints === undefined || endpoints.length === 0) return undefined;
    return { endpoints, free: undefined, engines: undefined };
  }
}
