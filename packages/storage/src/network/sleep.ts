import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits.
 * @throws the signal's reason when it is aborted
 */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
