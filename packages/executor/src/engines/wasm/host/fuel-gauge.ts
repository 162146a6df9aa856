import { COST } from "../module/instructions.ts";
import { GuestStop } from "./guest-stop.ts";

/** Fuel of one host call, whatever it does; about what crossing into the host costs. */
export const HOST_CALL_FUEL = 10_000;
/** Fuel of one byte of randomness. */
export const RANDOM_BYTE_FUEL = 500;
/** Fuel of one directory entry that is listed. */
export const LISTED_ENTRY_FUEL = 4_000;

/** The guest's fuel as host functions see it: the very global that the metered code charges. */
export class FuelGauge {
  readonly #global: WebAssembly.Global<"i64">;
  readonly #initial: bigint;

  /** @param before Fuel that was used before this run, which goes on from a checkpoint. */
  constructor(global: WebAssembly.Global<"i64">, before = 0n) {
    this.#global = global;
    this.#initial = global.value;
    global.value -= before;
  }

  /** Fuel used so far, never more than there was. */
  get used(): bigint {
    const left = this.#global.value;
    return this.#initial - (left < 0n ? 0n : left);
  }

  get exhausted(): boolean {
    return this.#global.value < 0n;
  }

  /** Takes fuel before the work that it pays for; ends the run when it does not suffice. */
  charge(units: number): void {
    const left = this.#global.value - BigInt(units);
    this.#global.value = left;
    if (left < 0n) throw new GuestStop("fuel");
  }

  chargeBytes(count: number): void {
    this.charge(count * COST.byte);
  }
}
