import type { ProgramDocument } from "@deco-network/sdk";
import type { Hash } from "viem";

/** Metered WebAssembly instructions in a second: meant as those of a slow server core, until this one was measured. */
export const DEFAULT_FUEL_PER_SECOND = 200_000_000;

export interface RunTimesOptions {
  /** Part of their limits that runs of programs never seen here are expected to take, in basis points. */
  readonly expectedBps: number;
  readonly fuelPerSecond: number;
}

/** Runs of a program that are remembered. */
const REMEMBERED = 8;
const MOST_PROGRAMS = 1_000;

/** How long one run may take at most, in milliseconds: its time limit, or all of its fuel at this machine's speed. */
export function longestRunMillis(
  { limits }: ProgramDocument,
  { fuelPerSecond }: { readonly fuelPerSecond: number },
): bigint {
  const wall = BigInt(limits.wallSeconds) * 1_000n;
  if (!("fuel" in limits)) return wall;
  const speed = BigInt(fuelPerSecond);
  const fuelled = (BigInt(limits.fuel) * 1_000n + speed - 1n) / speed;
  return fuelled < wall ? fuelled : wall;
}

/** How long runs are expected to take: as the longest of the program's last ones here, else a part of its limits. */
export class RunTimes {
  readonly #options: RunTimesOptions;
  /** Milliseconds of the last runs by program; those that ran longest ago first. */
  readonly #last = new Map<Hash, readonly number[]>();

  constructor(options: RunTimesOptions) {
    this.#options = options;
  }

  /** A run ended by itself. */
  ended(program: Hash, millis: number): void {
    const last = [...(this.#last.get(program) ?? []), millis].slice(-REMEMBERED);
    this.#last.delete(program);
    this.#last.set(program, last);
    if (this.#last.size <= MOST_PROGRAMS) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  /** A run was cut off: it would have taken at least so long. */
  cutOff(program: Hash, document: ProgramDocument, millis: number): void {
    if (millis > this.expected(program, document)) this.ended(program, millis);
  }

  /**
   * Milliseconds that the next run is expected to take, at least 1.
   * @param guess Most that is expected of a program that never ran here.
   */
  expected(
    program: Hash,
    document: ProgramDocument,
    guess: number = Number.POSITIVE_INFINITY,
  ): number {
    const longest = Number(longestRunMillis(document, this.#options));
    const last = this.#last.get(program);
    const part = (longest * this.#options.expectedBps) / 10_000;
    const millis = last ? Math.max(...last) : Math.min(part, guess);
    return Math.max(1, Math.min(Math.ceil(millis), longest));
  }
}
