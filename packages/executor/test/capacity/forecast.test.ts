import type { Need } from "@deco-network/sdk/capacity";
import { describe, expect, it } from "vitest";
import { forecast, type Job } from "../../src/capacity/forecast.ts";
import { UNHURRIED } from "../../src/capacity/next-run.ts";
import { fitAtOnce, place, type Resources } from "../../src/capacity/resources.ts";
import { random } from "../support/random.ts";

const MACHINE: Resources = {
  ...{ slots: 2, cpuMillis: 2_000, memoryBytes: 100, diskBytes: 100, accelerators: [] },
};
const needOf = (more: Partial<Need> = {}): Need => ({
  ...{ cpuMillis: 1_000, memoryBytes: 10, diskBytes: 0, accelerators: [] },
  ...more,
});
const job = (runs: number, millis: number, deadline: number, more: Partial<Need> = {}): Job => ({
  ...{ need: needOf(more), runs, millis },
  rank: { class: "seat", deadline, perSecond: 0 },
});

describe("forecast", () => {
  it("runs at once what fits at once", () => {
    expect(forecast(MACHINE, [], [job(4, 10, 100)])).toEqual([20]);
    expect(forecast(MACHINE, [], [job(5, 10, 100)])).toEqual([30]);
    expect(forecast(MACHINE, [], [job(2, 10, 100, { memoryBytes: 51 })])).toEqual([20]);
    expect(forecast(MACHINE, [], [])).toEqual([]);
  });

  it("has the earliest deadline first, whoever asked first, and others beside it where there is room", () => {
    const late = job(2, 10, 900, { cpuMillis: 2_000 });
    const soon = job(1, 7, 50);
    expect(forecast(MACHINE, [], [late, soon])).toEqual([27, 7]);
    const beside = job(1, 7, 950);
    expect(forecast(MACHINE, [], [late, soon, beside])).toEqual([27, 7, 7]);
  });

  it("waits for what is under way", () => {
    const placement = place(MACHINE, needOf({ memoryBytes: 95 }));
    if (placement.kind === "short") throw new RangeError(placement.detail);
    const free = { ...MACHINE, slots: 1, cpuMillis: 1_000, memoryBytes: 5 };
    const underway = [{ holding: placement.holding, leftMillis: 40 }];
    expect(forecast(free, underway, [job(1, 3, 100)])).toEqual([43]);
  });

  it("never sees the end of what does not fit, and goes on with the rest", () => {
    const jobs = [job(1, 1, 5, { memoryBytes: 101 }), job(1, 1, 9)];
    expect(forecast(MACHINE, [], jobs)).toEqual([Number.POSITIVE_INFINITY, 1]);
  });

  it("foresees a bag of a million without making every step", () => {
    const started = performance.now();
    const [end = 0] = forecast(MACHINE, [], [job(2 ** 20, 3, 100)]);
    expect(performance.now() - started).toBeLessThan(1_000);
    const exact = (2 ** 20 / 2) * 3;
    expect(end).toBeGreaterThanOrEqual(exact);
    expect(end).toBeLessThan(exact * 1.2);
  });

  const SEED = Number(process.env["DECO_SEED"] ?? 5);
  it(`lies between what no order could beat and one run after the other (DECO_SEED=${SEED})`, () => {
    const upTo = random(SEED);
    for (let trial = 0; trial < 300; trial++) {
      const jobs = Array.from({ length: 1 + upTo(5) }, () =>
        job(1 + upTo(6), 1 + upTo(50), upTo(400), {
          ...{ cpuMillis: 1 + upTo(2_000), memoryBytes: 1 + upTo(100) },
        }),
      );
      const ends = forecast(MACHINE, [], jobs);
      const last = Math.max(...ends);
      const serial = jobs.reduce((sum, { runs, millis }) => sum + runs * millis, 0);
      const busy = jobs.reduce(
        (sum, { runs, millis, need }) => sum + runs * millis * need.cpuMillis,
        0,
      );
      expect(last).toBeLessThanOrEqual(serial);
      expect(last).toBeGreaterThanOrEqual(busy / MACHINE.cpuMillis);
      for (const [index, { runs, millis, need }] of jobs.entries()) {
        const turns = Math.ceil(runs / fitAtOnce(MACHINE, need));
        expect(ends[index]).toBeGreaterThanOrEqual(turns * millis);
      }
      // One more, less urgent than all, delays nobody that it cannot start before.
      const whole = { ...job(1, 5, 0, { cpuMillis: 2_000, memoryBytes: 100 }), rank: UNHURRIED };
      expect(forecast(MACHINE, [], [...jobs, whole]).at(-1)).toBeGreaterThanOrEqual(5);
    }
  });
});
