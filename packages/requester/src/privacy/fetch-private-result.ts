import { rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { isP2pError, privateResults } from "@deco-network/p2p";
import {
  isPrivacyError,
  openResult,
  type PrivacyErrorCode,
  type TaskKeys,
} from "@deco-network/privacy";
import { isStorageError, type Storage } from "@deco-network/storage";
import type { Hex } from "viem";

import { abortedError, RequesterError } from "../errors.ts";
import type { ProviderMessenger } from "../providers/provider-messenger.ts";
import { Budget } from "../result/budget.ts";
import type { FetchedResult } from "../result/fetch-result.ts";
import { DEFAULT_RESULT_BYTES, type ResultLimits } from "../result/limits.ts";
import { fillFolder } from "../result/output-folder.ts";
import { OUTPUT_FOLDER, STDOUT_FILE, writeRun } from "../result/write-run.ts";
import { sleep } from "../runtime/sleep.ts";

export interface FetchPrivateResultOptions extends ResultLimits {
  readonly taskId: Hex;
  /** Digest of the result document that the market accepted. */
  readonly digest: Hex;
  readonly keys: TaskKeys;
  /** Seats that were paid for the result: whoever agreed has it. */
  readonly providers: readonly number[];
  /** Absent or an empty folder; appears complete or not at all. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** How long it is asked for; default 60,000 ms. */
  readonly patienceMillis?: number;
  /** Told of a provider whose ciphertext cannot be used; the next one is asked. */
  readonly onRefused?: (refused: {
    readonly provider: number;
    readonly code: PrivacyErrorCode | "ciphertext-unavailable";
    readonly detail: string;
  }) => void;
}

const ASK_MILLIS = 5_000;
const PAUSE_MILLIS = 500;
/** Archive and encryption add little; a document may embed small outputs. */
const OVERHEAD_BYTES = 2 ** 24;

/**
 * Asks the agreeing providers for the ciphertext of a private result, decrypts it, verifies that it is what the market
 * accepted, and writes it as any result is written.
 * @throws RequesterError `result-unavailable`, `result-invalid` (every provider gave something else), `result-too-large`,
 * `output-exists`, `output-unwritable`, `aborted`
 */
export async function fetchPrivateResult(
  storage: Storage,
  messenger: ProviderMessenger,
  options: FetchPrivateResultOptions,
): Promise<FetchedResult> {
  let fetched: FetchedResult | undefined;
  await fillFolder(options.folder, async (folder) => {
    fetched = await new Fetch(storage, messenger, options, folder).run();
  });
  if (fetched === undefined) throw new TypeError("a filled folder without a result");
  return fetched;
}

class Fetch {
  readonly #storage: Storage;
  readonly #messenger: ProviderMessenger;
  readonly #options: FetchPrivateResultOptions;
  readonly #folder: string;
  /** Providers whose ciphertext was refused: it does not become better. */
  readonly #refused = new Set<number>();

  constructor(
    storage: Storage,
    messenger: ProviderMessenger,
    options: FetchPrivateResultOptions,
    folder: string,
  ) {
    this.#storage = storage;
    this.#messenger = messenger;
    this.#options = options;
    this.#folder = folder;
  }

  async run(): Promise<FetchedResult> {
    const { providers, signal, patienceMillis = 60_000 } = this.#options;
    const until = Date.now() + patienceMillis;
    for (;;) {
      const left = providers.filter((provider) => !this.#refused.has(provider));
      if (left.length === 0 && providers.length > 0) {
        throw new RequesterError(
          "result-invalid",
          "No agreeing provider gave the accepted result.",
          {
            remedy:
              "Report the task: its providers were paid for a result that they do not hand over.",
          },
        );
      }
      await this.#messenger.find(left, signal).catch(() => undefined);
      for (const provider of left) {
        const fetched = await this.#from(provider);
        if (fetched) return fetched;
      }
      if (signal.aborted) throw abortedError(signal);
      if (Date.now() >= until) {
        throw new RequesterError("result-unavailable", "No agreeing provider gives the result.", {
          remedy:
            "Try again later with `deco task result`: the task's keys are kept on this machine.",
        });
      }
      await sleep(PAUSE_MILLIS, signal);
    }
  }

  async #from(provider: number): Promise<FetchedResult | undefined> {
    const { taskId, signal } = this.#options;
    try {
      const question = { signal, timeoutMillis: ASK_MILLIS };
      const answer = await this.#messenger.ask(privateResults, provider, { taskId }, question);
      if ("absent" in answer) return undefined;
      return await this.#open(provider, answer.ciphertext, answer.bytes);
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (isP2pError(error)) return undefined;
      throw error;
    }
  }

  async #open(provider: number, cid: string, bytes: number): Promise<FetchedResult | undefined> {
    const { digest, keys, signal, onRefused } = this.#options;
    const maxBytes = this.#options.maxBytes ?? DEFAULT_RESULT_BYTES;
    if (bytes > maxBytes + OVERHEAD_BYTES) throw tooLarge(maxBytes);
    const opening = join(this.#folder, ".opening");
    try {
      const ciphertext = this.#storage.readFile(cid, { maxBytes: bytes, signal });
      const opened = await openResult(ciphertext, keys.results, {
        ...{ digest, folder: opening, maxBytes, signal },
      });
      return await this.#write(opened, opening);
    } catch (error) {
      if (isPrivacyError(error, "content-too-large")) throw tooLarge(maxBytes);
      const code = isPrivacyError(error) ? error.code : "ciphertext-unavailable";
      if (!isPrivacyError(error) && !isStorageError(error)) throw error;
      // What was not served may be served later.
      if (isPrivacyError(error)) this.#refused.add(provider);
      onRefused?.({ provider, code, detail: error.message });
      return undefined;
    }
  }

  async #write(
    opened: Awaited<ReturnType<typeof openResult>>,
    opening: string,
  ): Promise<FetchedResult> {
    const { bytes, document, outputs, stdout } = opened;
    const budget = new Budget(this.#options);
    if (document.outputs && "bytes" in document.outputs) budget.spend(document.outputs.bytes);
    if (document.stdout && "bytes" in document.stdout) budget.spend(document.stdout.bytes);
    if (outputs !== undefined) await rename(outputs, join(this.#folder, OUTPUT_FOLDER));
    if (stdout !== undefined) await rename(stdout, join(this.#folder, STDOUT_FILE));
    await rm(opening, { recursive: true, force: true });
    const { outputs: out, stdout: text, ...rest } = document;
    const embedded = {
      ...rest,
      ...(out && "inline" in out && { outputs: out }),
      ...(text && "inline" in text && { stdout: text }),
    };
    const patience = { signal: this.#options.signal, until: 0 };
    await writeRun({ storage: this.#storage, budget, patience }, this.#folder, bytes, embedded);
    return { folder: this.#options.folder, runs: [document], bytes: budget.spent };
  }
}

function tooLarge(maxBytes: number): RequesterError {
  return new RequesterError("result-too-large", `The result has more than ${maxBytes} bytes.`, {
    remedy: "Allow more bytes if you expect that much.",
  });
}
