import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, expect, it, onTestFinished } from "vitest";

import { calibrate } from "../../src/calibration/calibrate.ts";
import { KERNELS } from "../../src/calibration/kernels.ts";
import { mixedRate } from "../../src/calibration/measure-wasm.ts";

let dataFolder: string;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "deco-calibrate-"));
  const made = dataFolder;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});

it("measures programs alone and together, disk and content, tells what it does, and leaves nothing", async () => {
  const said: string[] = [];
  const speed = await calibrate(
    { dataFolder, slots: 2, millis: 20, onProgress: (line) => said.push(line) },
    AbortSignal.timeout(120_000),
  );
  for (const kernel of KERNELS) {
    // How fast a machine is nobody knows beforehand; that it is busy with other tests makes it slower still.
    expect(speed.wasm.alone[kernel]).toBeGreaterThan(0);
    expect(speed.wasm.alone[kernel]).toBeLessThan(1e12);
    expect(speed.wasm.together[kernel]).toBeGreaterThan(0);
    expect(said).toContain(`WebAssembly, ${kernel}: 2 programs at once`);
  }
  expect(speed.fuelPerSecond).toBe(mixedRate(speed.wasm.together));
  expect(speed.container).toEqual({ unavailable: "no container engine is configured" });
  expect(Math.min(...Object.values(speed.content))).toBeGreaterThan(0);
  expect(await readdir(dataFolder)).toEqual([]);
}, 120_000);

it("counts the time of equal fuel on each kernel, so that the slowest weighs most", () => {
  expect(mixedRate({ integers: 1_000, floats: 1_000, memory: 1_000 })).toBe(1_000);
  expect(mixedRate({ integers: 4_000_000, floats: 1_000_000, memory: 500_000 })).toBe(923_076);
});

it("stops when it is told to, and leaves nothing then either", async () => {
  const stop = new AbortController();
  const options = { dataFolder, slots: 1, millis: 60_000, onProgress: () => stop.abort() };
  await expect(calibrate(options, stop.signal)).rejects.toThrow();
  expect(await readdir(dataFolder)).toEqual([]);
});
