import { type DIDResolutionResult, Resolver } from "did-resolver";
import { deployments, getResolver as ethrResolver } from "ethr-did-resolver";
import { getResolver as keyResolver } from "key-did-resolver";
import { type Address, getAddress } from "viem";

/** Whatever resolves DIDs: the standard resolvers, or another's. */
export interface DidResolver {
  resolve(did: string): Promise<DIDResolutionResult>;
}

/** Where `did:ethr` of one chain are looked up. */
export interface EthrNetwork {
  readonly chainId: number;
  readonly rpcUrl: string;
  /** Registry of ERC-1056; absent: only `did:key` resolve. */
  readonly registry?: Address | undefined;
}

/** The known ERC-1056 registry of a chain, undefined where there is none. */
export function knownRegistry(chainId: number): Address | undefined {
  const known = deployments.find((each) => BigInt(each.chainId) === BigInt(chainId));
  return known && getAddress(known.registry);
}

/** The standard resolvers of `did:ethr` and `did:key`. */
export function createResolver({ chainId, rpcUrl, registry }: EthrNetwork): DidResolver {
  return new Resolver({
    ...(registry ? ethrResolver({ networks: [{ chainId, rpcUrl, registry }] }) : {}),
    ...keyResolver(),
  });
}
