import type { AcceleratorNeed, Need } from "@deco-network/sdk/capacity";
import { describe, expect, it } from "vitest";
import {
  giveBack,
  type Holding,
  place,
  type Resources,
  take,
} from "../../src/capacity/resources.ts";
import { random } from "../support/random.ts";

const GIB = 2 ** 30;
const MACHINE: Resources = {
  ...{ slots: 4, cpuMillis: 4_000, memoryBytes: 8 * GIB, diskBytes: 10 * GIB },
  accelerators: [
    { name: "gpu", memoryBytes: 80 * GIB, devices: ["large-0", "large-1"] },
    { name: "gpu", memoryBytes: 24 * GIB, devices: ["small-0", "small-1", "small-2", "small-3"] },
    { name: "gpu", devices: ["old-0"] },
    { name: "npu", devices: ["npu-0"] },
  ],
};
const needOf = (more: Partial<Need> = {}): Need => ({
  ...{ cpuMillis: 1_000, memoryBytes: GIB, diskBytes: GIB, accelerators: [] },
  ...more,
});
const devicesOf = (free: Resources, accelerators: readonly AcceleratorNeed[]) => {
  const placement = place(free, needOf({ accelerators }));
  return placement.kind === "placed" && placement.holding.devices.map(({ devices }) => devices);
};

describe("a run's place on a machine", () => {
  it.each([
    ["slots", { ...MACHINE, slots: 0 }, {}],
    ["cpu", MACHINE, { cpuMillis: 4_001 }],
    ["memory", MACHINE, { memoryBytes: 8 * GIB + 1 }],
    ["disk", MACHINE, { diskBytes: 10 * GIB + 1 }],
    ["accelerator", MACHINE, { accelerators: [{ name: "tpu", count: 1 }] }],
    ["accelerator", MACHINE, { accelerators: [{ name: "gpu", count: 5 }] }],
  ] as const)("is none for want of %s", (of, free, more) => {
    expect(place(free, needOf(more))).toMatchObject({ kind: "short", of });
  });

  it("is on the accelerators with the least memory left over", () => {
    // One of unknown size serves only those that do not ask for memory, and suits them best.
    expect(devicesOf(MACHINE, [{ name: "gpu", count: 1 }])).toEqual([["old-0"]]);
    const memoryBytes = 16 * GIB;
    expect(devicesOf(MACHINE, [{ name: "gpu", count: 1, memoryBytes }])).toEqual([["small-0"]]);
    expect(devicesOf(MACHINE, [{ name: "gpu", count: 2, memoryBytes: 60 * GIB }])).toEqual([
      ["large-0", "large-1"],
    ]);
  });

  it("is on the class with the fewest devices left over among equals, and never on two classes", () => {
    const even: Resources = {
      ...MACHINE,
      accelerators: [
        { name: "gpu", devices: ["a-0", "a-1", "a-2"] },
        { name: "gpu", devices: ["b-0", "b-1"] },
      ],
    };
    expect(devicesOf(even, [{ name: "gpu", count: 2 }])).toEqual([["b-0", "b-1"]]);
    expect(devicesOf(even, [{ name: "gpu", count: 4 }])).toBe(false);
  });

  it("names what is missing", () => {
    const wanted = [{ name: "gpu", count: 3, memoryBytes: 60 * GIB }];
    const placement = place(MACHINE, needOf({ accelerators: wanted }));
    expect(placement).toMatchObject({
      detail: expect.stringContaining('3 of the accelerator "gpu"'),
    });
  });
});

describe("any number of runs that come and go", () => {
  const SEED = Number(process.env["DECO_SEED"] ?? 7);

  it(`hold no more than there is, no device twice, and leave the whole machine (DECO_SEED=${SEED})`, () => {
    const upTo = random(SEED);
    for (let trial = 0; trial < 60; trial++) {
      let free = MACHINE;
      const held: Holding[] = [];
      for (let step = 0; step < 80; step++) {
        if (held.length > 0 && upTo(3) === 0) {
          const [gone] = held.splice(upTo(held.length), 1);
          if (gone) free = giveBack(free, gone);
        } else {
          const need = anyNeed(upTo);
          const placement = place(free, need);
          expect(placement.kind === "placed", JSON.stringify(need)).toBe(couldBePlaced(free, need));
          if (placement.kind === "short") continue;
          held.push(placement.holding);
          free = take(free, placement.holding);
        }
        expectBalanced(free, held);
      }
      for (const each of held) free = giveBack(free, each);
      expect(free).toEqual(MACHINE);
    }
  });

  it(`leave the larger devices to those who need them (DECO_SEED=${SEED})`, () => {
    const upTo = random(SEED + 1);
    for (let trial = 0; trial < 500; trial++) {
      const [{ name, count, memoryBytes = 0 } = NOTHING] = anyNeed(upTo).accelerators;
      const [given] = devicesOf(MACHINE, [{ name, count, memoryBytes }]) || [];
      if (!given) continue;
      const sizeOf = (device: string) =>
        MACHINE.accelerators.find(({ devices }) => devices.includes(device))?.memoryBytes ?? 0;
      const smaller = MACHINE.accelerators.filter(
        (each) =>
          each.name === name &&
          each.devices.length >= count &&
          (each.memoryBytes ?? 0) >= memoryBytes &&
          (each.memoryBytes ?? 0) < sizeOf(given[0] ?? ""),
      );
      expect(smaller).toEqual([]);
    }
  });
});

const NOTHING: AcceleratorNeed = { name: "none", count: 1 };

function anyNeed(upTo: (bound: number) => number): Need {
  const gpu = {
    ...{ name: "gpu", count: 1 + upTo(5) },
    ...(upTo(2) === 0 && { memoryBytes: (1 + upTo(90)) * GIB }),
  };
  const npu = { name: "npu", count: 1 + upTo(2) };
  return {
    cpuMillis: 1 + upTo(2_500),
    memoryBytes: upTo(5) * GIB,
    diskBytes: upTo(6) * GIB,
    accelerators: [...(upTo(2) === 0 ? [gpu] : []), ...(upTo(3) === 0 ? [npu] : [])],
  };
}

/** By the definition: every amount fits, and for every name some class has enough. */
function couldBePlaced(free: Resources, need: Need): boolean {
  return (
    free.slots > 0 &&
    need.cpuMillis <= free.cpuMillis &&
    need.memoryBytes <= free.memoryBytes &&
    need.diskBytes <= free.diskBytes &&
    need.accelerators.every(({ name, count, memoryBytes = 0 }) =>
      free.accelerators.some(
        (each) =>
          each.name === name &&
          each.devices.length >= count &&
          (each.memoryBytes ?? 0) >= memoryBytes,
      ),
    )
  );
}

function expectBalanced(free: Resources, held: readonly Holding[]): void {
  const sum = (of: (need: Need) => number) => held.reduce((all, { need }) => all + of(need), 0);
  expect(free.slots).toBe(MACHINE.slots - held.length);
  for (const name of ["cpuMillis", "memoryBytes", "diskBytes"] as const) {
    expect(free[name]).toBe(MACHINE[name] - sum((need) => need[name]));
    expect(free[name]).toBeGreaterThanOrEqual(0);
  }
  const given = held.flatMap(({ devices }) => devices.flatMap((each) => each.devices));
  const left = free.accelerators.flatMap(({ devices }) => devices);
  const all = MACHINE.accelerators.flatMap(({ devices }) => devices);
  expect([...given, ...left].sort()).toEqual([...all].sort());
}
