import type { DIDDocument, ServiceEndpoint } from "did-resolver";
import { type Address, isAddressEqual } from "viem";

import { accountOfBase58 } from "./dids.ts";
import { type ProviderPlace, providerUri, SERVICE_TYPE } from "./provider-uri.ts";
import type { DidResolver } from "./resolver.ts";

/** Why a link does not hold; the codes are stable. */
export type LinkFault =
  /** The provider's metadata does not name the DID. */
  | "did-unnamed"
  /** No document can be had for the DID. */
  | "did-unresolved"
  /** Its controller gave it up. */
  | "did-deactivated"
  /** The DID's document names no such provider, neither by a service nor by one of its keys. */
  | "provider-unnamed";

/** What the chain and the provider's own metadata say. */
export interface LinkedProvider extends ProviderPlace {
  /** Accounts that are the provider's on the chain: its owner and its operator. */
  readonly accounts: readonly Address[];
  /** DIDs that its metadata names. */
  readonly dids: readonly string[];
}

/** Whether a DID and a provider name each other. */
export interface Link {
  readonly did: string;
  readonly holds: boolean;
  /** What in the DID's document names the provider: the id of a service or of a verification method. */
  readonly by?: string;
  readonly fault?: LinkFault;
  readonly detail?: string;
}

/**
 * Judges a link from both sides: the metadata that the provider's owner put on the chain names the DID, and the DID's
 * document names the provider. Either alone anybody could say of anybody.
 *
 * A service names it by its URI. A `did:key` has no services; there the key itself must be the provider's owner's or
 * operator's.
 */
export async function checkLink(
  did: string,
  provider: LinkedProvider,
  resolver: DidResolver,
): Promise<Link> {
  const no = (fault: LinkFault, detail: string): Link => ({ did, holds: false, fault, detail });
  if (!provider.dids.includes(did)) {
    return no("did-unnamed", `The metadata of provider ${provider.provider} does not name it.`);
  }
  const resolved = await resolver.resolve(did).catch((error: Error) => error);
  if (resolved instanceof Error) return no("did-unresolved", resolved.message);
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = resolved;
  if (didDocumentMetadata.deactivated === true) {
    return no("did-deactivated", "Its controller gave it up.");
  }
  if (didDocument === null) {
    const { error, message } = didResolutionMetadata;
    return no("did-unresolved", String(message ?? error ?? "It has no document."));
  }
  // A document that speaks for another DID says nothing of this one.
  if (didDocument.id !== did) {
    return no("did-unresolved", `The document is that of ${didDocument.id}.`);
  }
  const by = serviceOf(didDocument, provider) ?? keyOf(didDocument, provider);
  if (by !== undefined) return { did, holds: true, by };
  return no(
    "provider-unnamed",
    `Its document names neither ${providerUri(provider)} by a service ${SERVICE_TYPE}, nor a key of the provider's.`,
  );
}

function serviceOf({ service = [] }: DIDDocument, provider: LinkedProvider): string | undefined {
  const uri = providerUri(provider);
  return service.find(({ type, serviceEndpoint }) => {
    return type === SERVICE_TYPE && endpointsOf(serviceEndpoint).includes(uri);
  })?.id;
}

function endpointsOf(endpoint: ServiceEndpoint | ServiceEndpoint[]): readonly ServiceEndpoint[] {
  return Array.isArray(endpoint) ? endpoint : [endpoint];
}

/**
 * The method of a `did:key` whose key is the provider's. A `did:ethr` shows its controller as a method too, which is not
 * taken for a link: whoever holds a provider's account may have other identities than the provider's.
 */
function keyOf(document: DIDDocument, { accounts }: LinkedProvider): string | undefined {
  if (!document.id.startsWith("did:key:")) return undefined;
  return document.verificationMethod?.find(({ publicKeyBase58 }) => {
    const account = publicKeyBase58 === undefined ? undefined : accountOfBase58(publicKeyBase58);
    return account !== undefined && accounts.some((each) => isAddressEqual(each, account));
  })?.id;
}
