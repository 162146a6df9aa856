import type { Address } from "viem";

/** A provider on one chain and market. */
export interface ProviderPlace {
  readonly chainId: number;
  readonly market: Address;
  readonly provider: number;
}

/** Type of the service by which a DID's document names a provider. */
export const SERVICE_TYPE = "DecoProvider";

/** The name of a provider anywhere: `deco:<chain id>:<market, lower case>:<provider>`. */
export function providerUri({ chainId, market, provider }: ProviderPlace): string {
  return `deco:${chainId}:${market.toLowerCase()}:${provider}`;
}
