import type { Measurements } from "../engines/engine.ts";
import { type EnergyMeter, startEnergyMeter } from "./energy-meter.ts";

/** What all runs of a seat took, for its receipt. Integers: milliseconds, bytes, millijoules. */
export interface RunUsage {
  readonly runMillis: number;
  readonly runs: number;
  readonly cpuMillis: number;
  readonly peakMemoryBytes: number;
  readonly fuelUsed?: bigint;
  readonly energyMillijoules?: number;
}

/** Adds the runs of a seat up, which may overlap. */
export class UsageMeter {
  #energy: Promise<EnergyMeter | undefined> | undefined;
  #firstStart: number | undefined;
  #lastEnd = 0;
  #runs = 0;
  #cpuMillis = 0;
  #peakMemoryBytes = 0;
  #fuelUsed: bigint | undefined;

  /** Notes that a run starts. */
  starts(): void {
    this.#energy ??= startEnergyMeter();
    this.#firstStart ??= performance.now();
  }

  /** Notes that a run has ended with a result. */
  ended({ cpuMillis, peakMemoryBytes, fuelUsed }: Measurements): void {
    this.#lastEnd = performance.now();
    this.#runs += 1;
    this.#cpuMillis += cpuMillis;
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, peakMemoryBytes);
    if (fuelUsed !== undefined) this.#fuelUsed = (this.#fuelUsed ?? 0n) + fuelUsed;
  }

  /** Ends the measurement. @returns undefined when nothing ran here, as after a restart at the end */
  async stop(): Promise<RunUsage | undefined> {
    const energyMillijoules = await (await this.#energy)?.stop();
    if (this.#firstStart === undefined || this.#runs === 0) return undefined;
    return {
      runMillis: Math.round(this.#lastEnd - this.#firstStart),
      runs: this.#runs,
      cpuMillis: Math.round(this.#cpuMillis),
      peakMemoryBytes: Math.round(this.#peakMemoryBytes),
      ...(this.#fuelUsed !== undefined && { fuelUsed: this.#fuelUsed }),
      ...(energyMillijoules !== undefined && { energyMillijoules }),
    };
  }
}
