import {
  isP2pError,
  type MessageSigner,
  Messenger,
  makeOpener,
  openProgress,
  type P2pErrorCode,
  progress,
  type SeatProgress,
} from "@deco-network/p2p";
import { getProvider } from "@deco-network/sdk/actions";
import type { Storage } from "@deco-network/storage";
import type { Address, Hex } from "viem";
import { getBlock } from "viem/actions";

import { abortedError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import { readEndpoints } from "../providers/read-endpoints.ts";

/** What one provider said about its seat. */
export type ProgressReport =
  | {
      readonly provider: number;
      readonly status: "told";
      readonly progress: Omit<SeatProgress, "log">;
      readonly log: LogReport;
    }
  /** It is not described, not there, or does not tell this account. */
  | { readonly provider: number; readonly status: "silent"; readonly code: P2pErrorCode };

/** What is new of a program's standard error. */
export type LogReport =
  /** Nothing is shown before the vote is over. */
  | { readonly withheld: "vote-open" }
  | {
      readonly shown: "all" | "end" | "beginning";
      /** What was not told before, in order. */
      readonly bytes: Uint8Array;
      /** Bytes between the last piece and this one that the provider does not show. */
      readonly missing: number;
      /** Whether there is more to be asked for at once. */
      readonly more: boolean;
    };

export interface ProgressWatchOptions {
  /** The task's requester: executors answer nobody else. */
  readonly signer: MessageSigner;
  readonly taskId: Hex;
}

const ASK_MILLIS = 5_000;

interface Place {
  readonly address: Address;
  readonly endpoints: readonly string[];
}

/**
 * Asks the providers of one task how far they are and what the program wrote, remembering what they
 * have told. What they say is their word: nothing of it is voted on or checked.
 */
export class ProgressWatch {
  readonly #market: Market;
  readonly #messenger: Messenger;
  readonly #taskId: Hex;
  readonly #places = new Map<number, Place>();
  readonly #told = new Map<number, number>();
  /** Second of the latest block that was read. */
  #now = 0;

  /** @param storage Its node is shared. */
  constructor(market: Market, storage: Storage, { signer, taskId }: ProgressWatchOptions) {
    const { libp2p } = storage;
    if (libp2p === undefined) throw new TypeError("The storage has no peer-to-peer node.");
    this.#market = market;
    this.#taskId = taskId;
    this.#messenger = new Messenger({
      ...{ host: libp2p, signer, domain: market.deployment },
      now: () => this.#now,
    });
  }

  /**
   * Asks each of these providers once.
   * @throws RequesterError `aborted`; viem's errors when no node answers
   */
  async look(providers: readonly number[], signal: AbortSignal): Promise<ProgressReport[]> {
    if (providers.length === 0) return [];
    const { timestamp } = await getBlock(this.#market.client, { blockTag: "latest" });
    this.#now = Number(timestamp);
    await this.#find(providers, signal);
    return await Promise.all(providers.map((provider) => this.#ask(provider, signal)));
  }

  async close(): Promise<void> {
    await this.#messenger.close();
  }

  async #find(providers: readonly number[], signal: AbortSignal): Promise<void> {
    const missing = providers.filter((provider) => !this.#places.has(provider));
    if (missing.length === 0) return;
    const { client, deployment } = this.#market;
    const described = await readEndpoints(this.#market, { signal });
    for (const provider of missing) {
      const endpoints = described.find((each) => each.provider === provider)?.peers ?? [];
      if (endpoints.length === 0) continue;
      // Only the seat's own operator may answer, whoever sits at the address.
      const { operator } = await getProvider(client, { deployment, provider });
      this.#places.set(provider, { address: operator, endpoints });
    }
  }

  async #ask(provider: number, signal: AbortSignal): Promise<ProgressReport> {
    const to = this.#places.get(provider);
    if (to === undefined) return { provider, status: "silent", code: "peer-unreachable" };
    const opener = await makeOpener();
    const from = this.#told.get(provider) ?? 0;
    const taskId = this.#taskId;
    try {
      const question = { taskId, key: opener.key, from };
      const options = { signal, timeoutMillis: ASK_MILLIS };
      const { body } = await this.#messenger.ask(progress, to, question, options);
      const context = { domain: this.#market.deployment, taskId, provider };
      const { log, ...seat } = await openProgress(opener, context, body);
      return { provider, status: "told", progress: seat, log: this.#read(provider, log) };
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (!isP2pError(error)) throw error;
      // It may be reached elsewhere by now.
      if (error.code === "peer-unreachable") this.#places.delete(provider);
      return { provider, status: "silent", code: error.code };
    }
  }

  #read(provider: number, log: SeatProgress["log"]): LogReport {
    if ("withheld" in log) return log;
    const { shown, from, bytes, end } = log;
    const told = this.#told.get(provider) ?? 0;
    const next = from + bytes.length;
    // A run that began again writes anew, and less so far.
    if (next < told) this.#told.set(provider, 0);
    else this.#told.set(provider, next);
    const fresh = bytes.subarray(Math.min(bytes.length, Math.max(0, told - from)));
    const missing = Math.max(0, from - told);
    return { shown, bytes: fresh, missing, more: next < told || next < end };
  }
}
