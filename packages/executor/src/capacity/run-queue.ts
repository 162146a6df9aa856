import { abortedError } from "../errors.ts";
import { nextRun, type Rank, UNHURRIED } from "./next-run.ts";
import {
  type GivenDevices,
  giveBack,
  type Holding,
  type Need,
  type Placement,
  place,
  type Resources,
  take,
} from "./resources.ts";

interface Entry {
  readonly need: Need;
  readonly rank: Rank;
  passed: number;
  readonly begin: (holding: Holding) => void;
}

/** Begins runs when the machine has room for them, the most urgent first; see `next-run.ts`. */
export class RunQueue {
  readonly #whole: Resources;
  #free: Resources;
  /** In the order in which they asked. */
  readonly #waiting: Entry[] = [];

  constructor(whole: Resources) {
    this.#whole = whole;
    this.#free = whole;
  }

  /** All that the machine has. */
  get whole(): Resources {
    return this.#whole;
  }

  /** What nothing takes now. */
  get free(): Resources {
    const { diskBytes } = this.#free;
    return { ...this.#free, diskBytes: Math.max(0, diskBytes) };
  }

  /** Runs that wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Where a run would go if nothing else were here. */
  onIdleMachine(need: Need): Placement {
    return place(this.#whole, need);
  }

  /**
   * Takes disk for longer than a run, as for a task's program and input. It is never waited for: runs wait until it fits again.
   * @returns what gives it back; once
   */
  hold(diskBytes: number): () => void {
    this.#free = { ...this.#free, diskBytes: this.#free.diskBytes - diskBytes };
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free = { ...this.#free, diskBytes: this.#free.diskBytes + diskBytes };
      this.#beginNext();
    };
  }

  /**
   * Runs `work` when there is room for it.
   * @param need not more than the machine has, else it waits until the signal ends it
   * @throws ExecutorError `aborted` when the signal ends the wait
   */
  async use<T>(
    { need, rank = UNHURRIED }: { readonly need: Need; readonly rank?: Rank | undefined },
    work: (devices: readonly GivenDevices[]) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const holding = await this.#begun(need, rank, signal);
    try {
      return await work(holding.devices);
    } finally {
      this.#free = giveBack(this.#free, holding);
      this.#beginNext();
    }
  }

  #begun(need: Need, rank: Rank, signal: AbortSignal): Promise<Holding> {
    if (signal.aborted) return Promise.reject(abortedError(signal));
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        ...{ need, rank, passed: 0 },
        begin: (holding) => {
          signal.removeEventListener("abort", onAbort);
          resolve(holding);
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(abortedError(signal));
        // It may have been what the others waited behind.
        this.#beginNext();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(entry);
      this.#beginNext();
    });
  }

  #beginNext(): void {
    for (;;) {
      const next = nextRun(this.#free, this.#waiting);
      if (!next) return;
      for (const earlier of this.#waiting.slice(0, next.index)) earlier.passed++;
      const [entry] = this.#waiting.splice(next.index, 1);
      this.#free = take(this.#free, next.holding);
      entry?.begin(next.holding);
    }
  }
}
