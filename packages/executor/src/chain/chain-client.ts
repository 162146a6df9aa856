import { createPublicClient, custom, type Hash, type Hex, type PublicClient } from "viem";

import { ExecutorError } from "../errors.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { Logger } from "../runtime/logger.ts";
import { EndpointPool, type EndpointStatus } from "./endpoint-pool.ts";
import { hashesAsSaid, type RawBlock, RpcEndpoint } from "./rpc-endpoint.ts";
import { RpcFailure } from "./rpc-failure.ts";
import type { RpcCall } from "./rpc-request.ts";

/** A header as the tracker needs it. */
export interface Header extends BlockRow {
  readonly logsBloom: Hex;
}

export interface ChainClientOptions {
  /** JSON-RPC URLs over HTTP, the preferred first. */
  readonly endpoints: readonly string[];
  readonly chainId: number;
  readonly timeoutMillis: number;
  readonly staleMillis: number;
  readonly logger: Logger;
  /** Whether a block is on the followed chain; undefined when that cannot be said. */
  readonly isCanonical: (number: number, hash: string) => boolean | undefined;
}

/** Access to the chain through one or several endpoints. */
export interface ChainClient {
  /** Fails over from endpoint to endpoint. */
  readonly client: PublicClient;
  /** How many endpoints there are, well or not. */
  readonly count: number;
  readonly status: readonly EndpointStatus[];
  /** One client per endpoint that answers and keeps up, for questions that two must answer alike. */
  witnesses(): readonly PublicClient[];
  /** The newest header that enough endpoints vouch for; undefined while they disagree. */
  latest(): Promise<Header | undefined>;
  /** Looks again whether the endpoints serve the right chain. */
  identify(): Promise<void>;
  close(): void;
}

/**
 * Connects and makes sure that the endpoints serve the right chain.
 * @throws ExecutorError `chain-unreachable`, `chain-mismatch`
 */
export async function connectChain(options: ChainClientOptions): Promise<ChainClient> {
  const { chainId, timeoutMillis, logger } = options;
  const common = { chainId, timeoutMillis, logger, onRecovered: () => pool.onRecovered() };
  const isNeeded = () => endpoints.every(({ trouble }) => trouble !== undefined);
  const endpoints: readonly RpcEndpoint[] = options.endpoints.map(
    (url) => new RpcEndpoint({ ...common, url, isNeeded }),
  );
  const pool: EndpointPool = new EndpointPool(endpoints, options);
  try {
    await identifyAll(endpoints, chainId);
    await learnHeaders(endpoints, logger);
  } catch (error) {
    pool.close();
    throw error;
  }
  const clients = new Map(endpoints.map((endpoint) => [endpoint, clientOf(endpoint)]));
  return {
    client: clientOf(pool),
    count: endpoints.length,
    get status() {
      return pool.status;
    },
    witnesses: () => pool.witnesses.flatMap((endpoint) => clients.get(endpoint) ?? []),
    async latest() {
      const block = await pool.latest();
      return block && headerOf(block);
    },
    identify: () => pool.identify(),
    close: () => pool.close(),
  };
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

function headerOf(block: RawBlock): Header {
  return {
    number: Number(block["number"]),
    hash: block.hash,
    parent: block["parentHash"] as Hash,
    timestamp: Number(block["timestamp"]),
    logsBloom: block["logsBloom"] as Hex,
  };
}

/** Endpoints retry by themselves; nothing is batched or cached, since answers change with the head. */
function clientOf(source: { request(call: RpcCall): Promise<unknown> }): PublicClient {
  const transport = custom({ request: (call) => source.request(call) }, { retryCount: 0 });
  return createPublicClient({ transport, cacheTime: 0 });
}

/** How often a start tries to reach any endpoint. */
const ATTEMPTS = 3;

/** Those that do not answer may come back; one that serves another chain is the operator's mistake. */
async function identifyAll(endpoints: readonly RpcEndpoint[], chainId: number): Promise<void> {
  let failures: (RpcFailure | undefined)[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    failures = await Promise.all(
      endpoints.map((endpoint) => endpoint.identify().then(() => undefined, toFailure)),
    );
    for (const [i, failure] of failures.entries()) {
      if (failure?.code !== "endpoint-wrong-chain") continue;
      const message = `Endpoint ${endpoints[i]?.name}: ${failure.message}`;
      throw new ExecutorError("chain-mismatch", message, {
        remedy: `Use endpoints of chain ${chainId}, or correct chain.id.`,
        cause: failure,
      });
    }
    if (failures.includes(undefined)) break;
  }
  if (!failures.includes(undefined)) {
    throw new ExecutorError("chain-unreachable", "No endpoint of the chain answers.", {
      remedy: "Check chain.endpoints and that the node is running.",
      cause: failures[0],
    });
  }
  for (const [i, failure] of failures.entries()) if (failure) endpoints[i]?.rest(failure);
}

/** Where no endpoint's headers hash as Ethereum's do, the chain has other fields: hashes are taken as told. */
async function learnHeaders(endpoints: readonly RpcEndpoint[], logger: Logger): Promise<void> {
  const well = endpoints.filter(({ trouble }) => trouble === undefined);
  const call = { method: "eth_getBlockByNumber", params: ["latest", false] };
  for (const endpoint of well) endpoint.verifies = false;
  const blocks = await Promise.all(
    well.map((endpoint) => endpoint.request(call).catch(() => undefined)),
  );
  const verifies = blocks.some((block) => block !== undefined && hashesAsSaid(block as RawBlock));
  for (const endpoint of endpoints) endpoint.verifies = verifies;
  if (verifies || blocks.every((block) => block === undefined)) return;
  logger.warn(
    { code: "headers-unverifiable" },
    "This chain's headers have other fields than Ethereum's: block hashes are not checked.",
  );
}

function toFailure(error: unknown): RpcFailure {
  return error instanceof RpcFailure
    ? error
    : new RpcFailure("endpoint-failing", String(error), { cause: error });
}
