import { describe, listEndpoints } from "@deco-network/sdk/actions";
import type { Hash } from "viem";

import type { OpenMarket } from "../context/open-market.ts";
import { storeDescription } from "./provider-document.ts";
import type { ProviderHome } from "./provider-home.ts";

/**
 * Stores `provider.json` where the executor serves it, and names it on the chain with the endpoints that it has there.
 * @param market with the account of the provider's owner
 * @throws as `storeDescription`; DecoContractError when the account is not the owner's
 */
export async function publishDescription(
  { client, deployment }: OpenMarket,
  home: ProviderHome,
  { dataFolder }: { readonly dataFolder: string },
  provider: number,
  signal: AbortSignal,
): Promise<{ readonly metadata: Hash; readonly transaction: Hash }> {
  const metadata = await storeDescription(home, dataFolder);
  const described = await listEndpoints(client, { deployment, signal });
  const addresses = described.find((each) => each.provider === provider)?.addresses ?? [];
  const endpoint = addresses.join(",");
  const { hash } = await describe(client, { deployment, provider, metadata, endpoint, signal });
  return { metadata, transaction: hash };
}
