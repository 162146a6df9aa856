import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CrashRun, NOTHING_LOST } from "../../../../test/support/crash/crash-run.ts";
import { TRANSITIONS } from "../../src/assignments/states.ts";
import { EXEMPT } from "./exempt.ts";
import { movesIn } from "./points.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Stage } from "./stage.ts";

const run = new CrashRun({
  of: "executor",
  scenarios: SCENARIOS,
  sampled: ["start", "open", "fold", "unseated", "abstain"],
  chains: 4,
  openStage: () => Stage.open(),
});

beforeAll(() => run.open(), 120_000);
afterAll(() => run.close());

describe.skipIf(run.everything)("an executor killed at some points of its life", () => {
  it(`loses nothing (DECO_SEED=${run.seed})`, async () => {
    expect(await run.sample()).toEqual(NOTHING_LOST);
  }, 600_000);
});

describe.runIf(run.everything)("an executor killed at every point of its life", () => {
  it.skipIf(run.isChoice)(
    "meets every move of the state table, but for those with a reason",
    async () => {
      const met = new Set((await run.points()).flatMap(movesIn));
      const declared = Object.entries(TRANSITIONS).flatMap(([from, tos]) =>
        tos.map((to) => `${from} > ${to}`),
      );
      const exempt = Object.values(EXEMPT).flat();
      expect(declared.filter((move) => !met.has(move)).sort()).toEqual([...exempt].sort());
      expect([...met].filter((move) => !declared.includes(move))).toEqual([]);
    },
    600_000,
  );

  it(
    `loses nothing, ${run.repetitions} times`,
    async () => {
      expect(await run.all()).toEqual(NOTHING_LOST);
    },
    6 * 3_600_000,
  );
});
