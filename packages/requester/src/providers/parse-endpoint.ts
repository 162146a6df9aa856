import { gatewayUrlFromMultiaddr, isStorageError } from "@deco-network/storage";

/** Where a provider is reached, as it described itself on-chain. */
export interface ProviderEndpoint {
  readonly provider: number;
  /** Multiaddrs with `/p2p/<peer id>`. */
  readonly peers: readonly string[];
  /** Base URLs of trustless gateways. */
  readonly gateways: readonly string[];
}

/** More addresses than this of one provider are not tried. */
const MAX_ADDRESSES = 8;

/** Sorts the multiaddrs of a provider; what is no address is left out. */
export function parseEndpoint(provider: number, addresses: readonly string[]): ProviderEndpoint {
  const peers: string[] = [];
  const gateways: string[] = [];
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    if (/^\/.+\/p2p\/[A-Za-z0-9]+$/.test(address)) peers.push(address);
    else if (/\/https?$/.test(address)) gateways.push(...gatewayOf(address));
  }
  return { provider, peers, gateways };
}

/** Anyone may write anything on-chain: an address that is none must not stop the others. */
function gatewayOf(address: string): string[] {
  try {
    return [gatewayUrlFromMultiaddr(address)];
  } catch (error) {
    if (isStorageError(error, "address-invalid")) return [];
    throw error;
  }
}
