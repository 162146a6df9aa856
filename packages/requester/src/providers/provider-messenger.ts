import {
  type AskOptions,
  isP2pError,
  type MessageSigner,
  Messenger,
  P2pError,
  type PlainBody,
  type Protocol,
} from "@deco-network/p2p";
import { getProvider } from "@deco-network/sdk/actions";
import type { Storage } from "@deco-network/storage";
import type { Address } from "viem";
import { getBlock } from "viem/actions";
import type * as z from "zod";

import type { Market } from "../market/market.ts";
import { readEndpoints } from "./read-endpoints.ts";

interface Place {
  readonly address: Address;
  readonly endpoints: readonly string[];
}

/** Asks providers, by their ids, over a storage's node, in messages signed by a requester. */
export class ProviderMessenger {
  readonly #market: Market;
  readonly #messenger: Messenger;
  readonly #places = new Map<number, Place>();
  /** Second of the latest block that was read. */
  #now = 0;

  /** @param storage Its node is shared. */
  constructor(market: Market, storage: Storage, signer: MessageSigner) {
    const { libp2p } = storage;
    if (libp2p === undefined) throw new TypeError("The storage has no peer-to-peer node.");
    this.#market = market;
    this.#messenger = new Messenger({
      ...{ host: libp2p, signer, domain: market.deployment },
      now: () => this.#now,
    });
  }

  /**
   * Looks at the chain's clock and finds providers that were not found yet; to be called before they are asked.
   * @throws viem's errors when no node answers
   */
  async find(providers: readonly number[], signal: AbortSignal): Promise<void> {
    const { client, deployment } = this.#market;
    const { timestamp } = await getBlock(client, { blockTag: "latest" });
    this.#now = Number(timestamp);
    const missing = providers.filter((provider) => !this.#places.has(provider));
    if (missing.length === 0) return;
    const described = await readEndpoints(this.#market, { signal });
    for (const provider of missing) {
      const endpoints = described.find((each) => each.provider === provider)?.peers ?? [];
      if (endpoints.length === 0) continue;
      // Only the seat's own operator may answer, whoever sits at the address.
      const { operator } = await getProvider(client, { deployment, provider });
      this.#places.set(provider, { address: operator, endpoints });
    }
  }

  /** @throws P2pError `peer-unreachable` also for a provider that is not found */
  async ask<Reply extends z.ZodType>(
    protocol: Protocol<z.ZodType, Reply>,
    provider: number,
    body: PlainBody,
    options: AskOptions,
  ): Promise<z.output<Reply>> {
    const to = this.#places.get(provider);
    if (to === undefined) throw new P2pError("peer-unreachable", "It describes no address.");
    try {
      return (await this.#messenger.ask(protocol, to, body, options)).body;
    } catch (error) {
      // It may be reached elsewhere by now.
      if (isP2pError(error, "peer-unreachable")) this.#places.delete(provider);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#messenger.close();
  }
}
