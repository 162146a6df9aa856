import { gatewaysOf, readEndpoints } from "@deco-network/requester";
import { decodeDocument, type ProviderDocument, providerSchema } from "@deco-network/sdk";
import { listEndpoints } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import { zeroHash } from "viem";

import type { OpenMarket } from "./open-market.ts";

/** A document that does not come soon is done without. */
const TIMEOUT_MILLIS = 3_000;

/**
 * What providers say of themselves, as far as it can be had at their gateways and is what their
 * digests on the chain say.
 */
export async function fetchProviderDocuments(
  market: OpenMarket,
  signal: AbortSignal,
): Promise<Map<number, ProviderDocument>> {
  const { client, deployment } = market;
  const [endpoints, described] = await Promise.all([
    readEndpoints(market, { signal }),
    listEndpoints(client, { deployment, signal }),
  ]);
  const documents = new Map<number, ProviderDocument>();
  const wanted = described.filter(({ metadata }) => metadata !== zeroHash);
  const gateways = gatewaysOf(endpoints);
  if (wanted.length === 0 || gateways.length === 0) return documents;
  const storage = await openStorage({ peerToPeer: false, gateways, timeoutMillis: TIMEOUT_MILLIS });
  try {
    await Promise.all(
      wanted.map(async ({ provider, metadata }) => {
        try {
          const bytes = await storage.getDocument(metadata, { signal });
          documents.set(provider, decodeDocument(providerSchema, bytes));
        } catch {
          // Whoever serves none, or a malformed one, is simply not described.
        }
      }),
    );
  } finally {
    await storage.close();
  }
  return documents;
}
