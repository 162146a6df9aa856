import { describe, expect, it } from "vitest";

import { compareFits, fitOf } from "../../src/capacity/fit.ts";
import { type Need, placeIn, type Room, takeFrom } from "../../src/capacity/room.ts";

const ROOM: Room = {
  ...{ slots: 4, cpuMillis: 4_000, memoryBytes: 800, diskBytes: 1_000 },
  accelerators: [
    { name: "gpu", count: 2, memoryBytes: 80 },
    { name: "gpu", count: 4, memoryBytes: 24 },
    { name: "npu", count: 1 },
  ],
};
const needOf = (more: Partial<Need> = {}): Need => ({
  ...{ cpuMillis: 1_000, memoryBytes: 400, diskBytes: 100, accelerators: [] },
  ...more,
});
const gpus = (count: number, memoryBytes?: number): Partial<Need> => ({
  accelerators: [{ name: "gpu", count, ...(memoryBytes !== undefined && { memoryBytes }) }],
});

describe("how well a run fits a machine", () => {
  it("is told by what stays without use", () => {
    expect(fitOf(ROOM, needOf(gpus(3, 20)))).toEqual({
      ...{ kinds: [{ memory: 4, devices: 1 }], devices: 4, slots: 3 },
      // Half of the memory; of processors and disk more is left.
      scarcest: 0.5,
    });
    expect(fitOf(ROOM, needOf(gpus(5)))).toBeUndefined();
  });

  it("counts nothing of an amount that neither is there nor is asked for", () => {
    const bare = { ...ROOM, diskBytes: 0 };
    expect(fitOf(bare, needOf({ diskBytes: 0 }))).toMatchObject({ scarcest: 0.5 });
  });

  it("is better by accelerators, then by devices that stay idle, then by the scarcest amount, then by slots", () => {
    const better = (a: Partial<Room>, b: Partial<Room>, need: Need) => {
      const [one, other] = [a, b].map((room) => fitOf({ ...ROOM, ...room }, need));
      return one && other && compareFits(one, other);
    };
    const one = (memoryBytes: number, count = 1) => [{ name: "gpu", count, memoryBytes }];
    const small = { accelerators: one(24), memoryBytes: 8_000 };
    const asks = needOf(gpus(1, 16));
    expect(better(small, { accelerators: one(80) }, asks)).toBeLessThan(0);
    expect(better(small, { accelerators: one(24, 2) }, asks)).toBeLessThan(0);
    expect(better({ accelerators: [] }, small, needOf())).toBeLessThan(0);
    expect(better({ memoryBytes: 500 }, { diskBytes: 110 }, needOf())).toBeGreaterThan(0);
    expect(better({ slots: 1 }, {}, needOf())).toBeLessThan(0);
    expect(better({}, {}, needOf())).toBe(0);
  });
});

it("what a run was placed on is gone from the room", () => {
  const need = needOf(gpus(2, 60));
  const placement = placeIn(ROOM, need);
  expect(placement).toEqual({ kind: "placed", devices: [{ offer: 0, count: 2 }] });
  const left = takeFrom(ROOM, need, placement.kind === "placed" ? placement.devices : []);
  expect(left).toEqual({
    ...{ slots: 3, cpuMillis: 3_000, memoryBytes: 400, diskBytes: 900 },
    accelerators: ROOM.accelerators.map((kind, index) =>
      index === 0 ? { ...kind, count: 0 } : kind,
    ),
  });
});
