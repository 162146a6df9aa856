import type { Fault, Places } from "./fault.ts";

/** What came of one fault in all its tries. */
export interface FaultReport {
  readonly name: string;
  readonly does: string;
  readonly expects: string;
  readonly tries: number;
  readonly survived: number;
  /** Over the tries that were survived; null without any. */
  readonly medianRecoveryMillis: number | null;
  /** Outcomes other than the expected. */
  readonly losses: readonly string[];
  /** Why it was not tried. */
  readonly missing?: string;
}

/** Keeps places between tries, so that a chain is not started for each. */
export class KeptPlaces implements Places {
  readonly #open = new Map<string, Promise<{ close(): Promise<void> }>>();

  async use<Place extends { close(): Promise<void> }>(
    name: string,
    open: () => Promise<Place>,
  ): Promise<Place> {
    const opened = this.#open.get(name) ?? open();
    this.#open.set(name, opened);
    return (await opened) as Place;
  }

  async close(): Promise<void> {
    const places = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(places.map(async (place) => await (await place).close()));
  }
}

export interface RunFaultOptions {
  readonly tries: number;
  /** The first try's; the others follow. */
  readonly seed: number;
}

/** Tries a fault as often as asked. */
export async function runFault(
  fault: Fault,
  places: KeptPlaces,
  { tries, seed }: RunFaultOptions,
): Promise<FaultReport> {
  const { name, does, expects } = fault;
  const missing = await fault.missing?.();
  if (missing !== undefined) {
    const none = { tries: 0, survived: 0, medianRecoveryMillis: null, losses: [] };
    return { name, does, expects, ...none, missing };
  }
  const recoveries: number[] = [];
  const losses: string[] = [];
  for (let i = 0; i < tries; i++) {
    try {
      const { outcome, recoveryMillis } = await fault.attempt(places, seed + i);
      if (outcome === expects) recoveries.push(recoveryMillis);
      else losses.push(`${outcome} (seed ${seed + i})`);
    } catch (error) {
      const [line] = String(error instanceof Error ? error.message : error).split("\n");
      losses.push(`${line} (seed ${seed + i})`);
    }
    // What a loss left behind must not spoil the next try.
    if (losses.length > 0) await places.close();
  }
  const survived = recoveries.length;
  return { name, does, expects, tries, survived, medianRecoveryMillis: median(recoveries), losses };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
