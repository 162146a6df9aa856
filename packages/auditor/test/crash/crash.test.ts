import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CrashRun, NOTHING_LOST } from "../../../../test/support/crash/crash-run.ts";
import { ACTS, EXEMPT } from "./points.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Stage } from "./stage.ts";

const run = new CrashRun({
  of: "auditor",
  scenarios: SCENARIOS,
  sampled: ["overturned"],
  chains: 1,
  openStage: () => Stage.open(),
});

beforeAll(() => run.open(), 120_000);
afterAll(() => run.close());

describe.skipIf(run.everything)("an auditor killed at some points of its life", () => {
  it(`loses no bond and appeals nothing twice (DECO_SEED=${run.seed})`, async () => {
    expect(await run.sample()).toEqual(NOTHING_LOST);
  }, 600_000);
});

describe.runIf(run.everything)("an auditor killed at every point of its life", () => {
  it.skipIf(run.isChoice)(
    "meets everything that it can write or send, but for what has a reason",
    async () => {
      const met = new Set((await run.points()).flatMap((point) => actsIn(point)));
      for (const each of EXEMPT) met.delete(each);
      expect([...met].sort()).toEqual([...ACTS].sort());
    },
    600_000,
  );

  it(
    `loses no bond and appeals nothing twice, ${run.repetitions} times`,
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
