import { isStorageError } from "@deco-network/storage";

import { abortedError, RequesterError } from "../errors.ts";
import { sleep } from "../runtime/sleep.ts";

const PAUSE_MILLIS = 500;

/** How long something that should exist is asked for again. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Wall clock, in milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Repeats a fetch until it succeeds or the time is over: providers publish a result only after its
 * settlement, so at first nobody may have it.
 * @throws RequesterError `result-unavailable`, `result-too-large`, `result-invalid`, `aborted`
 */
export async function patiently<T>(
  what: string,
  { signal, until }: Patience,
  fetch: () => Promise<T>,
): Promise<T> {
  while (true) {
    try {
      return await fetch();
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (isStorageError(error, "limit-exceeded")) {
        throw new RequesterError(
          "result-too-large",
          `The ${what} exceeds the limit: ${error.message}`,
          {
            remedy: "Allow more bytes if you expect that much.",
            cause: error,
          },
        );
      }
      const absent = isStorageError(error, "block-not-found") || isStorageError(error, "timeout");
      if (!absent) throw error;
      if (Date.now() >= until) {
        throw new RequesterError("result-unavailable", `Nobody serves the ${what}.`, {
          remedy: "Try again later: providers keep results for their retention time.",
          cause: error,
        });
      }
    }
    await sleep(PAUSE_MILLIS, signal);
  }
}
