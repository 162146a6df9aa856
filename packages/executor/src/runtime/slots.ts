import { abortedError } from "../errors.ts";

/** How much of one kind of work is done at once; first come, first served. */
export class Slots {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs `work` when a slot is free.
   * @throws ExecutorError `aborted` when the signal ends the wait
   */
  async use<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      this.#free++;
      this.#grantNext();
    }
  }

  #take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortedError(signal));
    return new Promise((resolve, reject) => {
      const grant = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(grant), 1);
        reject(abortedError(signal));
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(grant);
      this.#grantNext();
    });
  }

  #grantNext(): void {
    while (this.#free > 0) {
      const grant = this.#queue.shift();
      if (!grant) return;
      this.#free--;
      grant();
    }
  }
}
