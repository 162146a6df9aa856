import type { Need } from "@deco-network/sdk/capacity";
import { abortedError } from "../errors.ts";
import { nextRun, type Rank, UNHURRIED } from "./next-run.ts";
import {
  type GivenDevices,
  giveBack,
  type Holding,
  type Placement,
  place,
  type Resources,
  take,
} from "./resources.ts";

/** A run that has begun, and since when. */
export interface BegunRun {
  readonly holding: Holding;
  /** By `performance.now`. */
  readonly since: number;
  /** Milliseconds that it is expected to take. */
  readonly millis: number;
}

/** A run that wants room. */
export interface RunAsk {
  readonly need: Need;
  readonly rank?: Rank | undefined;
  /** Milliseconds that it is expected to take; 0 where nobody asks. */
  readonly millis?: number;
}

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
  readonly #begun = new Set<BegunRun>();

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

  /** Runs that have begun. */
  get underway(): readonly BegunRun[] {
    return [...this.#begun];
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
    { need, rank = UNHURRIED, millis = 0 }: RunAsk,
    work: (devices: readonly GivenDevices[]) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const holding = await this.#turn(need, rank, signal);
    const run = { holding, since: performance.now(), millis };
    this.#begun.add(run);
    try {
      return await work(holding.devices);
    } finally {
      this.#begun.delete(run);
      this.#free = giveBack(this.#free, holding);
      this.#beginNext();
    }
  }

  #turn(need: Need, rank: Rank, signal: AbortSignal): Promise<Holding> {
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
