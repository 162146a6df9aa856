import type { Hex } from "viem";
import { encodeEventTopics } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface ListEndpointsParameters extends LogRange {
  /** Default: all providers. */
  readonly providers?: readonly number[] | undefined;
}

/** How a provider is reached. */
export interface Endpoint {
  readonly provider: number;
  /** Digest of the provider document. */
  readonly metadata: Hex;
  /** Multiaddrs, libp2p and gateway; nobody has checked them. */
  readonly addresses: readonly string[];
}
export type ListEndpointsReturnType = readonly Endpoint[];

/**
 * The latest addresses that providers published, by ascending id.
 * @throws DecoUsageError `aborted`.
 */
export async function listEndpoints(
  client: DecoClient,
  parameters: ListEndpointsParameters = {},
): Promise<ListEndpointsReturnType> {
  const { market } = deploymentOf(client, parameters);
  const args = parameters.providers === undefined ? {} : { provider: [...parameters.providers] };
  const topics = encodeEventTopics({ abi: decoMarketAbi, eventName: "ProviderDescribed", args });
  const logs = await readMarketLogs(client, parameters, topics);
  const latest = new Map<number, Endpoint>();
  for (const { args } of eventsNamed(parseMarketLogs(market, logs), "ProviderDescribed")) {
    const addresses = args.endpoint
      .split(",")
      .map((address) => address.trim())
      .filter((address) => address !== "");
    latest.set(args.provider, { provider: args.provider, metadata: args.metadata, addresses });
  }
  return [...latest.values()].sort((a, b) => a.provider - b.provider);
}
