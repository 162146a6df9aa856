import { isP2pError, type KeyRefusal, type P2pErrorCode, privateKeys } from "@deco-network/p2p";
import { sealKey, type TaskKeys } from "@deco-network/privacy";
import { DecoDocumentError, decodeDocument, providerSchema } from "@deco-network/sdk";
import { getProvider } from "@deco-network/sdk/actions";
import { isStorageError, type Storage } from "@deco-network/storage";
import { type Hex, zeroHash } from "viem";

import { abortedError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import type { ProviderMessenger } from "../providers/provider-messenger.ts";
import { sleep } from "../runtime/sleep.ts";

/** What became of a key on its way to one seated provider. */
export type KeyDelivery =
  | { readonly provider: number; readonly status: "taken" }
  /** It has the envelope and cannot use it. */
  | { readonly provider: number; readonly status: "refused"; readonly reason: KeyRefusal }
  /** Its metadata cannot be had, or names no recipient. */
  | { readonly provider: number; readonly status: "undescribed" }
  /** It is not there, or does not know of its seat yet; it is tried again. */
  | { readonly provider: number; readonly status: "pending"; readonly code: P2pErrorCode };

export interface KeyCourierOptions {
  readonly taskId: Hex;
  readonly keys: TaskKeys;
}

const ASK_MILLIS = 5_000;
const METADATA_MILLIS = 5_000;

/** Gives a private task's input key to those who hold its seats, each in an envelope of its own. */
export class KeyCourier {
  readonly #market: Market;
  readonly #storage: Storage;
  readonly #messenger: ProviderMessenger;
  readonly #options: KeyCourierOptions;
  readonly #done = new Set<number>();

  /** @param storage Where providers' metadata is looked for. */
  constructor(
    market: Market,
    storage: Storage,
    messenger: ProviderMessenger,
    options: KeyCourierOptions,
  ) {
    this.#market = market;
    this.#storage = storage;
    this.#messenger = messenger;
    this.#options = options;
  }

  /**
   * Tries once for each provider that has not taken the key.
   * @param providers Who holds a seat of a full round, by the chain.
   * @throws RequesterError `aborted`; viem's errors when no node answers
   */
  async deliver(providers: readonly number[], signal: AbortSignal): Promise<KeyDelivery[]> {
    const missing = providers.filter((provider) => !this.#done.has(provider));
    if (missing.length === 0) return [];
    await this.#messenger.find(missing, signal);
    return await Promise.all(missing.map((provider) => this.#give(provider, signal)));
  }

  async #give(provider: number, signal: AbortSignal): Promise<KeyDelivery> {
    const { taskId, keys } = this.#options;
    const recipient = await this.#recipientOf(provider, signal);
    if (recipient === undefined) return { provider, status: "undescribed" };
    const context = { domain: this.#market.deployment, taskId, provider };
    const envelope = await sealKey(recipient, keys.input, context);
    const body = { taskId, envelope: Buffer.from(envelope).toString("base64") };
    try {
      const options = { signal, timeoutMillis: ASK_MILLIS };
      const answer = await this.#messenger.ask(privateKeys, provider, body, options);
      this.#done.add(provider);
      if ("taken" in answer) return { provider, status: "taken" };
      return { provider, status: "refused", reason: answer.refused };
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (!isP2pError(error)) throw error;
      return { provider, status: "pending", code: error.code };
    }
  }

  /** By the digest on the chain: whoever serves the document, it is the provider's. */
  async #recipientOf(provider: number, signal: AbortSignal): Promise<string | undefined> {
    const { client, deployment } = this.#market;
    const { metadata } = await getProvider(client, { deployment, provider });
    if (metadata === zeroHash) return undefined;
    try {
      const options = { signal, timeoutMillis: METADATA_MILLIS };
      const bytes = await this.#storage.getDocument(metadata, options);
      return decodeDocument(providerSchema, bytes).recipient;
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (isStorageError(error) || error instanceof DecoDocumentError) return undefined;
      throw error;
    }
  }
}

export interface CarryKeysOptions {
  readonly signal: AbortSignal;
  /** Called when what is known of a provider changes. */
  readonly onDelivery: (delivery: KeyDelivery) => void;
  /** Pause between two attempts; default 500 ms. */
  readonly pauseMillis?: number;
}

/**
 * Delivers until the signal is aborted. What fails is tried again: without the key a seat can only abstain.
 * @param seated Who holds seats of a round that executes; asked anew each time.
 */
export async function carryKeys(
  courier: Pick<KeyCourier, "deliver">,
  seated: () => readonly number[],
  { signal, onDelivery, pauseMillis = 500 }: CarryKeysOptions,
): Promise<void> {
  const told = new Map<number, string>();
  while (!signal.aborted) {
    const deliveries = await courier.deliver(seated(), signal).catch(() => []);
    for (const delivery of deliveries) {
      const { provider, ...outcome } = delivery;
      const known = JSON.stringify(outcome);
      if (told.get(provider) === known) continue;
      told.set(provider, known);
      onDelivery(delivery);
    }
    await sleep(pauseMillis, signal).catch(() => undefined);
  }
}
