import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { startEnergyMeter } from "../../src/results/energy-meter.ts";

/** A kernel's view of processor packages whose counters the test sets. */
async function counters() {
  const folder = await mkdtemp(join(tmpdir(), "deco-rapl-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const set = async (zone: string, microjoules: number) => {
    await mkdir(join(folder, zone), { recursive: true });
    await writeFile(join(folder, zone, "energy_uj"), `${microjoules}\n`);
    await writeFile(join(folder, zone, "max_energy_range_uj"), "10000000\n");
  };
  return { folder, set };
}

it("adds up all packages, and not the parts of a package", async () => {
  const { folder, set } = await counters();
  await set("intel-rapl:0", 1_000_000);
  await set("intel-rapl:1", 2_000_000);
  await set("intel-rapl:0:0", 0);
  const meter = await startEnergyMeter(folder);
  await set("intel-rapl:0", 1_500_000);
  await set("intel-rapl:1", 2_250_000);
  await set("intel-rapl:0:0", 400_000);
  expect(await meter?.stop()).toBe(750);
});

it("goes on where a counter wraps", async () => {
  const { folder, set } = await counters();
  await set("intel-rapl:0", 9_000_000);
  const meter = await startEnergyMeter(folder);
  await set("intel-rapl:0", 500_000);
  expect(await meter?.stop()).toBe(1_500);
});

it("says nothing where there are no counters, or none that may be read", async () => {
  const { folder } = await counters();
  expect(await startEnergyMeter(join(folder, "none"))).toBeUndefined();
  expect(await startEnergyMeter(folder)).toBeUndefined();
  await mkdir(join(folder, "intel-rapl:0"));
  expect(await startEnergyMeter(folder)).toBeUndefined();
});

it("says nothing when a counter stops to answer", async () => {
  const { folder, set } = await counters();
  await set("intel-rapl:0", 1);
  const meter = await startEnergyMeter(folder);
  await rm(join(folder, "intel-rapl:0"), { recursive: true });
  expect(await meter?.stop()).toBeUndefined();
});
