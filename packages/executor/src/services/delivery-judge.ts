import { DecoDocumentError, type Request } from "@deco-network/sdk";
import { type Storage, StorageError } from "@deco-network/storage";
import type { Hash } from "viem";

import type { AcceptedOpening } from "../market/market-reader.ts";
import { holdResult, ResultUnusable } from "../results/hold-result.ts";
import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import { connectSeats, type SeatEndpoints } from "./connect-seats.ts";

export interface DeliveryJudgeOptions {
  readonly storage: Storage;
  readonly market: SeatEndpoints;
  /** Largest outputs of one task. */
  readonly diskBytes: number;
  readonly retryMillis: number;
  readonly logger: Logger;
}

export interface DeliveryCase {
  readonly task: Hash;
  readonly request: Pick<Request, "volume">;
  readonly accepted: AcceptedOpening;
  /** Providers of the task's seats. */
  readonly roster: readonly number[];
}

export type Delivery =
  /** Everything is here now, pinned. */
  | "available"
  | "unavailable"
  /** It cannot be told here: there is no room for it. */
  | "too-large";

/** Codes that no later attempt mends: genuine blocks of which no outputs can be made. */
const LASTING: ReadonlySet<string> = new Set([
  ...["dag-invalid", "path-refused", "link-refused", "not-a-folder", "not-a-file"],
  ...["document-too-large", "cid-invalid"],
]);

/** Finds out whether an accepted result's outputs can be had, by fetching them from those who should have them. */
export class DeliveryJudge {
  readonly #options: DeliveryJudgeOptions;

  constructor(options: DeliveryJudgeOptions) {
    this.#options = options;
  }

  /**
   * Tries until it has everything or the time is over.
   * @param over ends the trying: what is not here then cannot be had
   * @throws whatever `signal` was aborted with
   */
  async judge(delivery: DeliveryCase, over: AbortSignal, signal: AbortSignal): Promise<Delivery> {
    const { storage, market, diskBytes, retryMillis, logger } = this.#options;
    const until = AbortSignal.any([over, signal]);
    const { task, request, accepted, roster } = delivery;
    while (!until.aborted) {
      try {
        await connectSeats(storage, market, roster, until);
        await holdResult(storage, accepted, request.volume, diskBytes, until);
        await storage.flush();
        return "available";
      } catch (error) {
        signal.throwIfAborted();
        if (until.aborted) break;
        logger.info({ code: "outputs-missing", task, err: error }, "Outputs were not had.");
        if (isLasting(error)) return "unavailable";
        if (error instanceof StorageError && error.code === "limit-exceeded") return "too-large";
        await sleep(retryMillis, until).catch(() => undefined);
      }
    }
    signal.throwIfAborted();
    return "unavailable";
  }
}

function isLasting(error: unknown): boolean {
  if (error instanceof ResultUnusable || error instanceof DecoDocumentError) return true;
  return error instanceof StorageError && LASTING.has(error.code);
}
