import type { Life } from "./life.ts";

/** A daemon's first looks at the chain, and a moment more. */
const LOOK_MILLIS = 400;

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

  /** None until a new life has had a look at what the last one left: it finds its transactions on their way. */
  async pauseFor(life: Life): Promise<void> {
    this.pause();
    await life.ready;
    setTimeout(() => this.resume(), LOOK_MILLIS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#mining;
  }
}
