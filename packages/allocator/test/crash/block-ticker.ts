/** Makes a local chain's blocks at even intervals, and none while it pauses: what is sent then waits together. */
export class BlockTicker {
  readonly #mine: () => Promise<unknown>;
  readonly #timer: NodeJS.Timeout;
  #paused = false;
  #mining: Promise<unknown> = Promise.resolve();

  constructor(mine: () => Promise<unknown>, millis: number) {
    this.#mine = mine;
    this.#timer = setInterval(() => {
      if (this.#paused) return;
      // A block that fails is followed by the next one.
      this.#mining = this.#mining.then(() => this.#mine()).catch(() => undefined);
    }, millis);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#mining;
  }
}
