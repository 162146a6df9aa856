import { describe, expect, it } from "vitest";

import type { MachineSpeed } from "../../src/calibration/calibrate.ts";
import { proposePrices } from "../../src/calibration/propose-prices.ts";
import { parseConfig } from "../../src/config/load-config.ts";

const TOKEN = "0x00000000000000000000000000000000000000aa";
const rates = { integers: 4e9, floats: 1e9, memory: 5e8 };
const SPEED: MachineSpeed = {
  ...{ slots: 1, wasm: { alone: rates, together: rates }, fuelPerSecond: 1_000_000_000 },
  container: { startMillis: 500, version: "test" },
  content: { diskWrite: 1, hash: 1, publish: 1, memoryCopy: 1 },
};
const COSTS = {
  ...{ tokens: { [TOKEN]: "2000000000000000000" }, etherPrice: "2", machinePerHour: "1" },
  ...{ watts: 1_000, energyPrice: "0.5", marginBps: 10_000, seatGas: 100_000, gasPrice: "10" },
};

function configOf(policy: object = {}) {
  return parseConfig({
    dataFolder: "data",
    chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
    key: { file: "key" },
    ...{ policy, capacity: { slots: 1, cpuMillis: 1_000 } },
  });
}

describe("the proposed prices", () => {
  it("are of the measured speed and the given costs, by hand: 1.5 an hour at two an ether, doubled by the margin", () => {
    const { pricing, lines } = proposePrices(SPEED, COSTS, configOf());
    expect(pricing).toEqual({ ...COSTS, fuelPerSecond: 1_000_000_000, containerStartMillis: 500 });
    const ether = Object.fromEntries(lines.map((line) => [line.what, line.ether]));
    // An hour costs 1.5 ether; a second is 1/3600 of it; a start half a second and the least run, 1 ms.
    expect(ether).toEqual({
      "10⁹ units of fuel": 416_666_666_666_667n,
      "an hour of one core in a container": 1_500_000_000_000_000_000n,
      "starting a container": 208_750_000_000_000n,
      "a seat's gas (100000)": 2_000_000n,
    });
    const hour = lines.find(({ what }) => what.startsWith("an hour"));
    expect(hour).toMatchObject({ currency: 3, tokens: { [TOKEN]: 3_000_000_000_000_000_000n } });
  });

  it("replace speeds that were configured, and keep the costs that are not given", () => {
    const before = { ...COSTS, fuelPerSecond: 5, containerStartMillis: 7, utilisationBps: 4_000 };
    const config = configOf({ pricing: before });
    const { pricing } = proposePrices(SPEED, { etherPrice: "3" }, config);
    expect(pricing).toMatchObject({
      ...{ etherPrice: "3", machinePerHour: "1", utilisationBps: 4_000, tokens: COSTS.tokens },
      ...{ fuelPerSecond: 1_000_000_000, containerStartMillis: 500, gasPrice: "10" },
    });
    const unmeasured = { ...SPEED, container: { unavailable: "none here" } };
    expect(proposePrices(unmeasured, {}, config).pricing.containerStartMillis).toBe(7);
    // What is proposed is what a file may hold.
    expect(configOf({ pricing }).policy.pricing?.fuelPerSecond).toBe(1_000_000_000);
  });

  it("are none without a price of ether", () => {
    expect(() => proposePrices(SPEED, { watts: 5 }, configOf())).toThrow("etherPrice");
  });
});
