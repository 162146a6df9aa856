import { listEndpoints } from "@deco-network/sdk/actions";

import type { Market } from "../market/market.ts";
import { type ProviderEndpoint, parseEndpoint } from "./parse-endpoint.ts";

/** Blocks in which to look for descriptions. */
export interface EndpointRange {
  /** Default: the market's first block. */
  readonly fromBlock?: number;
  /** Default: the latest block. */
  readonly toBlock?: number;
  readonly signal?: AbortSignal;
}

/** The endpoint that each provider described last, by ascending id. */
export async function readEndpoints(
  { client, deployment }: Market,
  range: EndpointRange = {},
): Promise<ProviderEndpoint[]> {
  const endpoints = await listEndpoints(client, { deployment, ...range });
  return endpoints.map(({ provider, addresses }) => parseEndpoint(provider, addresses));
}

/** Distinct gateways of providers, to be given to a storage as further sources. */
export function gatewaysOf(endpoints: readonly ProviderEndpoint[]): string[] {
  return [...new Set(endpoints.flatMap((endpoint) => endpoint.gateways))];
}
