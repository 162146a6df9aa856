import { type FreeResources, type Heartbeat, P2pError, type Received } from "@deco-network/p2p";
import { getProvider, listEndpoints } from "@deco-network/sdk/actions";
import type { Need } from "@deco-network/sdk/capacity";
import { isAddressEqual } from "viem";

import type { Chain, Head } from "../chain/market.ts";
import { leftAfter } from "./left-after.ts";

/** Where an executor is reached and what it announced. */
export interface Reachable {
  readonly endpoints: readonly string[];
  readonly announced: FreeResources | undefined;
  readonly engines: readonly string[] | undefined;
}

/** What a provider is given until it tells anew what it has free. */
interface Given {
  readonly provider: number;
  readonly need: Need;
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
  #given: readonly Given[] = [];
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
    // What it is given while its operator is looked up is not in what it said.
    const before = new Set(this.#given.filter((each) => each.provider === provider));
    const known = await getProvider(client, { deployment, provider }).catch(() => undefined);
    if (known === undefined || !isAddressEqual(known.operator, sender)) {
      throw new P2pError("sender-refused", `${sender} does not operate provider ${provider}.`);
    }
    const last = this.#heartbeats.get(provider);
    // An older one, sent again by somebody, tells nothing new.
    if (last !== undefined && last.sentAt > sentAt) return;
    this.#heartbeats.set(provider, { ...body, sentAt });
    this.#given = this.#given.filter((each) => !before.has(each));
  }

  /**
   * Counts a seat on each of these providers against what they announced, until they announce it anew. Of others nothing is counted.
   * @returns what takes that back, for when the seats are not given after all
   */
  give(providers: readonly number[], need: Need): () => void {
    const given = providers.flatMap((provider): Given[] =>
      this.find(provider)?.announced === undefined ? [] : [{ provider, need }],
    );
    this.#given = [...this.#given, ...given];
    return () => {
      this.#given = this.#given.filter((each) => !given.includes(each));
    };
  }

  /** What is left of what a provider announced, without what it was given since. */
  left(provider: number, announced: FreeResources): FreeResources {
    const own = this.#given.filter((each) => each.provider === provider);
    return leftAfter(
      announced,
      own.map(({ need }) => need),
    );
  }

  /** Undefined when nobody knows where it is. */
  find(provider: number): Reachable | undefined {
    const { head, forgetSeconds } = this.#options;
    const heard = this.#heartbeats.get(provider);
    if (heard !== undefined && heard.sentAt + forgetSeconds >= head().timestamp) {
      return { endpoints: heard.endpoints, announced: heard.free, engines: heard.engines };
    }
    const endpoints = this.#described.get(provider);
    if (endpoints === undefined || endpoints.length === 0) return undefined;
    return { endpoints, announced: undefined, engines: undefined };
  }
}
