import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CrashRun, NOTHING_LOST } from "../../../../test/support/crash/crash-run.ts";
import { ACTS } from "./points.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Stage } from "./stage.ts";

const run = new CrashRun({
  of: "allocator",
  scenarios: SCENARIOS,
  sampled: ["fold", "assign"],
  chains: 2,
  openStage: () => Stage.open(),
});

beforeAll(() => run.open(), 120_000);
afterAll(() => run.close());

describe.skipIf(run.everything)("an allocator killed at some points of its life", () => {
  it(`loses no order and opens none twice (DECO_SEED=${run.seed})`, async () => {
    expect(await run.sample()).toEqual(NOTHING_LOST);
  }, 600_000);
});

describe.runIf(run.everything)("an allocator killed at every point of its life", () => {
  it.skipIf(run.isChoice)(
    "meets everything that it can write or send",
    async () => {
      const met = new Set((await run.points()).flatMap((point) => actsIn(point)));
      expect([...met].sort()).toEqual([...ACTS].sort());
    },
    600_000,
  );

  it(
    `loses no order and opens none twice, ${run.repetitions} times`,
    async () => {
      expect(await run.all()).toEqual(NOTHING_LOST);
    },
    6 * 3_600_000,
  );
});

/** Transitions within a point's name, or what was sent. */
function actsIn(point: string): string[] {
  return point.replace(/^(before|after) /, "").split(" + ");
}
