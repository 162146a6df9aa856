import { wasiError } from "./errno.ts";
import type { FuelGauge } from "./fuel-gauge.ts";

/** What the realtime clock shows when a run begins: 2000-01-01T00:00:00Z, in nanoseconds. */
export const CLOCK_EPOCH = 946_684_800_000_000_000n;
const REALTIME = 0;
const LAST_CLOCK = 3;

/** About what one core of 2025 uses. */
const FUEL_PER_NANOSECOND = 10n;

/**
 * A clock without a machine's time: ten units of fuel are one nanosecond, and sleeping moves it
 * on at once. Programs that wait for time to pass see it pass, everywhere alike.
 */
export class VirtualClock {
  readonly #fuel: FuelGauge;
  #slept = 0n;

  constructor(fuel: FuelGauge) {
    this.#fuel = fuel;
  }

  /** Nanoseconds shown by the clock with that WASI id; all but realtime begin near zero. */
  now(id: number): bigint {
    if (id < REALTIME || id > LAST_CLOCK) throw wasiError("inval");
    const elapsed = this.#fuel.used / FUEL_PER_NANOSECOND + this.#slept;
    return id === REALTIME ? CLOCK_EPOCH + elapsed : elapsed;
  }

  sleep(nanoseconds: bigint): void {
    if (nanoseconds > 0n) this.#slept += nanoseconds;
  }
}
