import { createPublicClient, fallback, type Hash, type Hex, http, type PublicClient } from "viem";

import { ExecutorError } from "../errors.ts";
import type { BlockRow } from "../journal/transition.ts";

/** A header as the tracker needs it. */
export interface Header extends BlockRow {
  readonly logsBloom: Hex;
}

export interface ChainClientOptions {
  /** JSON-RPC URLs over HTTP; the first that answers is used. */
  readonly endpoints: readonly string[];
  readonly chainId: number;
  readonly timeoutMillis: number;
}

/** Access to the chain through one or several endpoints. */
export interface ChainClient {
  /** Fails over from endpoint to endpoint. */
  readonly client: PublicClient;
  /** One client per endpoint, for questions that two must answer alike. */
  readonly each: readonly PublicClient[];
}

/**
 * Connects and makes sure that the endpoints serve the right chain.
 * @throws ExecutorError `chain-unreachable`, `chain-mismatch`
 */
export async function connectChain(options: ChainClientOptions): Promise<ChainClient> {
  const transports = options.endpoints.map((url) =>
    http(url, { timeout: options.timeoutMillis, retryCount: 1 }),
  );
  const client = createPublicClient({ transport: fallback(transports, { retryCount: 1 }) });
  const each = transports.map((transport) => createPublicClient({ transport }));
  const ids = await Promise.all(
    each.map((endpoint) => endpoint.getChainId().catch((cause: unknown) => ({ cause }))),
  );
  const reached = ids.filter((id) => typeof id === "number");
  if (reached.length === 0) {
    throw new ExecutorError("chain-unreachable", "No endpoint of the chain answers.", {
      remedy: "Check chain.endpoints and that the node is running.",
      cause: ids[0],
    });
  }
  const wrong = reached.find((id) => id !== options.chainId);
  if (wrong !== undefined) {
    throw new ExecutorError("chain-mismatch", `An endpoint serves chain ${wrong}.`, {
      remedy: `Use endpoints of chain ${options.chainId}, or correct chain.id.`,
    });
  }
  return { client, each };
}

/** A header by tag or hash; undefined when the endpoint does not have it (any more). */
export async function readHeader(
  client: PublicClient,
  which: { readonly hash: Hash } | { readonly number: number } | "latest",
): Promise<Header | undefined> {
  try {
    const block =
      which === "latest"
        ? await client.getBlock({ blockTag: "latest" })
        : "hash" in which
          ? await client.getBlock({ blockHash: which.hash })
          : await client.getBlock({ blockNumber: BigInt(which.number) });
    return {
      number: Number(block.number),
      hash: block.hash,
      parent: block.parentHash,
      timestamp: Number(block.timestamp),
      logsBloom: block.logsBloom,
    };
  } catch (error) {
    if (error instanceof Error && error.name === "BlockNotFoundError") return undefined;
    throw error;
  }
}
