import {
  isP2pError,
  type MessageSigner,
  type P2pErrorCode,
  type RefusalsTold,
  refusals,
  refusalsWanted,
} from "@deco-network/p2p";
import type { Request } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";

import { abortedError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import { ProviderMessenger } from "../providers/provider-messenger.ts";
import { readEndpoints } from "../providers/read-endpoints.ts";

/** What one provider said about a task that it has no seat of. */
export type RefusalReport =
  | ({ readonly provider: number; readonly status: "told" } & RefusalsTold)
  /** It is not there, or does not tell. */
  | { readonly provider: number; readonly status: "silent"; readonly code: P2pErrorCode };

export interface AskRefusalsOptions {
  /** The task's requester: executors answer nobody else. */
  readonly signer: MessageSigner;
  readonly request: Request;
  /** Most providers that are asked; those that registered last are. Default 32. */
  readonly maxProviders?: number;
  readonly signal: AbortSignal;
}

const MOST_PROVIDERS = 32;
const ASK_MILLIS = 5_000;

/**
 * Asks the market's providers why they take no seat of a task, each once. What they say is their word: nothing of it is checked.
 * @param storage Its node is shared.
 * @throws RequesterError `aborted`; viem's errors when no node answers
 */
export async function askRefusals(
  market: Market,
  storage: Storage,
  { signer, request, maxProviders = MOST_PROVIDERS, signal }: AskRefusalsOptions,
): Promise<RefusalReport[]> {
  const described = await readEndpoints(market, { signal });
  const reachable = described.filter(({ peers }) => peers.length > 0).slice(-maxProviders);
  const providers = reachable.map(({ provider }) => provider);
  if (providers.length === 0) return [];
  const messenger = new ProviderMessenger(market, storage, signer);
  try {
    await messenger.find(providers, signal);
    return await Promise.all(
      providers.map(async (provider): Promise<RefusalReport> => {
        try {
          const options = { signal, timeoutMillis: ASK_MILLIS };
          const body = refusalsWanted(request);
          return {
            ...{ provider, status: "told" },
            ...(await messenger.ask(refusals, provider, body, options)),
          };
        } catch (error) {
          if (signal.aborted) throw abortedError(signal);
          if (!isP2pError(error)) throw error;
          return { provider, status: "silent", code: error.code };
        }
      }),
    );
  } finally {
    await messenger.close();
  }
}
