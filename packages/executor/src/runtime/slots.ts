import { abortedError } from "../errors.ts";

interface Waiting {
  readonly bytes: number;
  readonly grant: () => void;
}

/**
 * How many programs run at once, by number and by memory; first come first served, so that a large
 * one is not passed by small ones for ever.
 */
export class Slots {
  #free: number;
  #freeBytes: number;
  readonly #queue: Waiting[] = [];

  constructor(count: number, memoryBytes: number) {
    this.#free = count;
    this.#freeBytes = memoryBytes;
  }

  /** What nothing uses now. */
  get free(): { readonly slots: number; readonly memoryBytes: number } {
    return { slots: this.#free, memoryBytes: this.#freeBytes };
  }

  /**
   * Runs `work` when a slot and its memory are free.
   * @param bytes not more than there are in all, else it waits until the signal ends it
   * @throws ExecutorError `aborted` when the signal ends the wait
   */
  async use<T>(bytes: number, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(bytes, signal);
    try {
      return await work();
    } finally {
      this.#free++;
      this.#freeBytes += bytes;
      this.#grantNext();
    }
  }

  #take(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortedError(signal));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        bytes,
        grant: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(abortedError(signal));
        // It may have been what the others waited behind.
        this.#grantNext();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiting);
      this.#grantNext();
    });
  }

  #grantNext(): void {
    for (let [next] = this.#queue; next; [next] = this.#queue) {
      if (this.#free === 0 || next.bytes > this.#freeBytes) return;
      this.#queue.shift();
      this.#free--;
      this.#freeBytes -= next.bytes;
      next.grant();
    }
  }
}
