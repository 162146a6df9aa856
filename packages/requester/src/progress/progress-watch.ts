import {
  isP2pError,
  type MessageSigner,
  makeOpener,
  openProgress,
  type P2pErrorCode,
  progress,
  type SeatProgress,
} from "@deco-network/p2p";
import type { Storage } from "@deco-network/storage";
import type { Hex } from "viem";

import { abortedError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import { ProviderMessenger } from "../providers/provider-messenger.ts";

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

/**
 * Asks the providers of one task how far they are and what the program wrote, remembering what they
 * have told. What they say is their word: nothing of it is voted on or checked.
 */
export class ProgressWatch {
  readonly #market: Market;
  readonly #messenger: ProviderMessenger;
  readonly #taskId: Hex;
  readonly #told = new Map<number, number>();

  /** @param storage Its node is shared. */
  constructor(market: Market, storage: Storage, { signer, taskId }: ProgressWatchOptions) {
    this.#market = market;
    this.#taskId = taskId;
    this.#messenger = new ProviderMessenger(market, storage, signer);
  }

  /**
   * Asks each of these providers once.
   * @throws RequesterError `aborted`; viem's errors when no node answers
   */
  async look(providers: readonly number[], signal: AbortSignal): Promise<ProgressReport[]> {
    if (providers.length === 0) return [];
    await this.#messenger.find(providers, signal);
    return await Promise.all(providers.map((provider) => this.#ask(provider, signal)));
  }

  async close(): Promise<void> {
    await this.#messenger.close();
  }

  async #ask(provider: number, signal: AbortSignal): Promise<ProgressReport> {
    const opener = await makeOpener();
    const from = this.#told.get(provider) ?? 0;
    const taskId = this.#taskId;
    try {
      const question = { taskId, key: opener.key, from };
      const options = { signal, timeoutMillis: ASK_MILLIS };
      const body = await this.#messenger.ask(progress, provider, question, options);
      const context = { domain: this.#market.deployment, taskId, provider };
      const { log, ...seat } = await openProgress(opener, context, body);
      return { provider, status: "told", progress: seat, log: this.#read(provider, log) };
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (!isP2pError(error)) throw error;
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
