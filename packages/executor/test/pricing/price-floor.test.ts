import type { ProgramDocument } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import { parseConfig } from "../../src/config/load-config.ts";
import { type PricingPolicy, priceFloor, type Work } from "../../src/pricing/price-floor.ts";
import { wasmProgram } from "../engines/wasm/support/prepared.ts";
import { random } from "../support/random.ts";

const TOKEN = "0x00000000000000000000000000000000000000aa";
const ETHER = 10n ** 18n;
const MACHINE = { slots: 1, cpuMillis: 1_000, memoryBytes: 2 ** 30 };

const pricingOf = (more: object): PricingPolicy => {
  const { policy } = parseConfig({
    dataFolder: "data",
    chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
    key: { file: "key" },
    policy: { pricing: { tokens: { [TOKEN]: "1" }, etherPrice: "1", ...more } },
  });
  if (!policy.pricing) throw new RangeError("no pricing");
  return policy.pricing;
};

const fuelled = (fuel: bigint, more: object = {}): ProgramDocument =>
  wasmProgram({
    limits: { fuel: String(fuel), memoryBytes: 2 ** 20, wallSeconds: 604_800 },
    ...more,
  });
const container = (cpuMillis: number, wallSeconds: number): ProgramDocument => ({
  ...{ deco: "program/1", engine: "oci", command: [], env: {}, network: "none", stdout: false },
  image: {
    archive: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    id: `sha256:${"0".repeat(64)}`,
  },
  limits: {
    ...{ memoryBytes: 2 ** 20, outputBytes: 0, stdoutBytes: 0, diskBytes: 0, pids: 64 },
    ...{ wallSeconds, cpuMillis },
  },
});
const work = (program: ProgramDocument, runs = 1): Work => ({
  program,
  runs,
  memoryBytes: 2 ** 20,
});

describe("the price floor", () => {
  it("is the sum of the parts, by hand: an hour of a machine that costs 2 a sold hour, 1 kW at 0.5, gas of 0.5 ether, a quarter on top", () => {
    const pricing = pricingOf({
      ...{ machinePerHour: "1", utilisationBps: 5_000, watts: 1_000, energyPrice: "0.5" },
      ...{ etherPrice: "5", marginBps: 2_500, fuelPerSecond: 1_000 },
      ...{ seatGas: 500_000, gasPrice: "1000000000000" },
    });
    const floor = priceFloor(pricing, MACHINE, 2n * ETHER, work(fuelled(3_600_000n)));
    // (2 + 0.5) / 5 = half an ether, and half an ether of gas; 1.25 of it, at two tokens an ether.
    expect(floor).toEqual({
      amount: 2_500_000_000_000_000_000n,
      runMillis: 3_600_000n,
      shareBps: 10_000,
    });
  });

  it("bounds WebAssembly by fuel or time, whichever ends first, and containers by time and their start", () => {
    const pricing = pricingOf({ fuelPerSecond: 100, limitsBps: 5_000, containerStartMillis: 700 });
    const millis = (program: ProgramDocument, runs = 1) =>
      priceFloor(pricing, MACHINE, 1n, work(program, runs)).runMillis;
    expect(millis(fuelled(1_000n))).toBe(5_000n);
    expect(millis(fuelled(10n ** 18n))).toBe(302_400_000n);
    expect(millis(container(1_000, 60))).toBe(30_700n);
    expect(millis(container(1_000, 60), 10)).toBe(307_000n);
  });

  it("counts the largest part of the machine: of slots, processors, memory", () => {
    const machine = { slots: 8, cpuMillis: 8_000, memoryBytes: 2 ** 30 };
    const share = (program: ProgramDocument, memoryBytes = 2 ** 20) =>
      priceFloor(pricingOf({}), machine, 1n, { program, runs: 1, memoryBytes }).shareBps;
    expect(share(fuelled(1n))).toBe(1_250);
    expect(share(container(4_000, 1))).toBe(5_000);
    expect(share(container(1_000, 1), 3 * 2 ** 28)).toBe(7_500);
    expect(share(container(64_000, 1))).toBe(10_000);
  });

  it("without a program is what no program goes below", () => {
    const pricing = pricingOf({ machinePerHour: "1", gasPrice: "10", seatGas: 7 });
    expect(priceFloor(pricing, MACHINE, ETHER).amount).toBe(70n);
    expect(priceFloor(pricing, MACHINE, ETHER, work(fuelled(1n))).amount).toBeGreaterThan(70n);
  });

  it("never falls when anything that costs grows, and never rises with utilisation, speed or the price of ether", () => {
    const upTo = random(11);
    for (let round = 0; round < 300; round++) {
      const base = {
        ...{ machinePerHour: `${upTo(50)}.${upTo(1_000)}`, energyPrice: `0.${upTo(1_000)}` },
        ...{ watts: upTo(900), marginBps: upTo(9_000), utilisationBps: 1 + upTo(9_000) },
        ...{
          fuelPerSecond: 1 + upTo(1e9),
          etherPrice: `${1 + upTo(5_000)}`,
          limitsBps: 1 + upTo(9_000),
        },
        ...{ seatGas: upTo(500_000), gasPrice: String(upTo(1e9)), containerStartMillis: upTo(900) },
      };
      const rate = BigInt(1 + upTo(1e9)) * 10n ** BigInt(upTo(18));
      const program =
        round % 2 ? fuelled(BigInt(upTo(1e9))) : container(1 + upTo(4_000), 1 + upTo(900));
      const runs = 1 + upTo(50);
      const machine = { slots: 1 + upTo(8), cpuMillis: 4_000, memoryBytes: 2 ** 30 };
      const at = (more: object, runsNow = runs, rateNow = rate) =>
        priceFloor(pricingOf({ ...base, ...more }), machine, rateNow, work(program, runsNow))
          .amount;
      const amount = at({});
      for (const dearer of [
        ...[{ machinePerHour: "51" }, { energyPrice: "1" }, { watts: 901 }, { marginBps: 9_001 }],
        ...[{ limitsBps: 10_000 }, { seatGas: 500_001 }, { gasPrice: String(1e9) }],
      ]) {
        expect(at(dearer), JSON.stringify({ base, dearer })).toBeGreaterThanOrEqual(amount);
      }
      for (const cheaper of [
        { utilisationBps: 10_000 },
        { fuelPerSecond: 2e9 },
        { etherPrice: "5001" },
      ]) {
        expect(at(cheaper), JSON.stringify({ base, cheaper })).toBeLessThanOrEqual(amount);
      }
      expect(at({}, runs + 1)).toBeGreaterThanOrEqual(amount);
      // Rounded up by less than a unit: rates scale it exactly.
      const thousandfold = at({}, runs, rate * 1_000n);
      expect(thousandfold).toBeLessThanOrEqual(amount * 1_000n);
      expect(thousandfold).toBeGreaterThan((amount - 1n) * 1_000n);
    }
  });
});
