import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const POWERCAP = "/sys/class/powercap";
/** Package zones only: their subzones (cores, memory) are parts of them. */
const PACKAGE_ZONE = /^intel-rapl:\d+$/;
/** Well below the time in which a busy server's counter wraps. */
const SAMPLE_MILLIS = 60_000;

interface Zone {
  readonly path: string;
  readonly range: bigint;
  last: bigint;
}

/** Sums up what the processors' own counters say; see {@link startEnergyMeter}. */
export interface EnergyMeter {
  /** Ends the measurement. @returns millijoules, undefined when a counter stopped answering */
  stop(): Promise<number | undefined>;
}

/**
 * Starts to measure the energy of all processor packages of this machine by its RAPL counters.
 * @param folder where the kernel shows them
 * @returns undefined where there are none, or where they may not be read (most kernels: root only)
 */
export async function startEnergyMeter(folder = POWERCAP): Promise<EnergyMeter | undefined> {
  const zones = await openZones(folder).catch(() => []);
  if (zones.length === 0) return undefined;
  let microjoules = 0n;
  let failed = false;
  const sample = async () => {
    try {
      for (const zone of zones) {
        const now = await readCounter(join(zone.path, "energy_uj"));
        microjoules += now >= zone.last ? now - zone.last : zone.range - zone.last + now;
        zone.last = now;
      }
    } catch {
      failed = true;
    }
  };
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(sample);
  }, SAMPLE_MILLIS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await sampling;
      await sample();
      return failed ? undefined : Number(microjoules / 1_000n);
    },
  };
}

async function openZones(folder: string): Promise<Zone[]> {
  const names = (await readdir(folder)).filter((name) => PACKAGE_ZONE.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const range = await readCounter(join(path, "max_energy_range_uj"));
      return { path, range, last: await readCounter(join(path, "energy_uj")) };
    }),
  );
}

async function readCounter(path: string): Promise<bigint> {
  return BigInt((await readFile(path, "utf8")).trim());
}
