/**
 * Lets one loop sleep until something it has not yet looked at happened. `mark` before looking,
 * `wait(mark)` afterwards: what came in between is not missed.
 */
export class Wakeup {
  #count = 0;
  #waiting: (() => void) | undefined;

  /** Ends the current wait, or the next one that started from an older mark. */
  wake(): void {
    this.#count++;
    this.#waiting?.();
  }

  mark(): number {
    return this.#count;
  }

  /** Resolves after the next `wake` since `mark`, after `timeoutMillis`, or on abort. */
  wait(mark: number, signal: AbortSignal, timeoutMillis?: number): Promise<void> {
    if (this.#count !== mark || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#waiting = undefined;
        resolve();
      };
      const timer = timeoutMillis === undefined ? undefined : setTimeout(done, timeoutMillis);
      signal.addEventListener("abort", done, { once: true });
      this.#waiting = done;
    });
  }
}
