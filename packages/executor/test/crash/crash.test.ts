import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TRANSITIONS } from "../../src/assignments/states.ts";
import { campaign, type Job, jobsOf, record } from "./campaign.ts";
import { EXEMPT } from "./exempt.ts";
import { randomFrom, sampleOf } from "./plan.ts";
import { movesIn, type Point } from "./points.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { Stage } from "./stage.ts";

const nightly = process.env["DECO_NIGHTLY"] === "1";
/** With a number, everything that often; DECO_NIGHTLY=1 means 20. */
const REPETITIONS = Number(process.env["DECO_CRASH_REPETITIONS"] ?? (nightly ? 20 : 0));
const SEED = Number(process.env["DECO_SEED"] ?? Date.now() % 100_000);
/** With names, separated by commas, only those scenarios. */
const CHOSEN = process.env["DECO_CRASH_SCENARIOS"]?.split(",");
const scenarios = SCENARIOS.filter(({ name }) => CHOSEN?.includes(name) ?? true);
/** What a usual run looks at: short lives, and chains of four kills each. */
const SAMPLED = ["start", "open", "fold", "unseated", "abstain"];
const CHAINS = 4;

const stages: Stage[] = [];
const points = new Map<Scenario, readonly Point[]>();

beforeAll(async () => {
  for (let i = 0; i < (REPETITIONS > 0 ? 2 : 1); i++) stages.push(await Stage.open());
}, 120_000);
afterAll(async () => {
  await Promise.all(stages.map((stage) => stage.close()));
});

function report(line: Record<string, unknown>): void {
  process.stdout.write(`crash points: ${JSON.stringify(line)}\n`);
}

async function recordAll(chosen: readonly Scenario[]): Promise<void> {
  const [stage] = stages;
  if (!stage) throw new RangeError("no stage");
  for (const scenario of chosen) {
    if (!points.has(scenario)) points.set(scenario, await record(stage, scenario));
  }
}

const usual = () =>
  describe("an executor killed at some points of its life", () => {
    it(`loses nothing (DECO_SEED=${SEED})`, async () => {
      await recordAll(scenarios.filter(({ name }) => SAMPLED.includes(name)));
      const all = [...points].flatMap(([scenario, found]) => jobsOf(scenario, found));
      const jobs = sampleOf(all, CHAINS, randomFrom(SEED));
      const { losses, neverKilled, kills, seconds } = await campaign(stages, jobs);
      report({ seed: SEED, kills, losses: losses.length, seconds: Math.round(seconds) });
      expect({ losses, neverKilled }).toEqual({ losses: [], neverKilled: [] });
      expect(kills).toBeGreaterThanOrEqual(CHAINS);
    }, 600_000);
  });

const everything = () =>
  describe("an executor killed at every point of its life", () => {
    // A choice of scenarios cannot meet them all.
    if (!CHOSEN)
      it("meets every move of the state table, but for those with a reason", async () => {
        await recordAll(scenarios);
        const met = new Set([...points.values()].flat().flatMap(movesIn));
        const declared = Object.entries(TRANSITIONS).flatMap(([from, tos]) =>
          tos.map((to) => `${from} > ${to}`),
        );
        const exempt = Object.values(EXEMPT).flat();
        expect(declared.filter((move) => !met.has(move)).sort()).toEqual([...exempt].sort());
        expect([...met].filter((move) => !declared.includes(move))).toEqual([]);
      }, 600_000);

    it(
      `loses nothing, ${REPETITIONS} times`,
      async () => {
        await recordAll(scenarios);
        const jobs: Job[] = [];
        for (let i = 0; i < REPETITIONS; i++) {
          for (const [scenario, found] of points) jobs.push(...jobsOf(scenario, found));
        }
        const result = await campaign(stages, jobs);
        const { losses, neverKilled, kills, seconds } = result;
        const count = [...points.values()].flat().length;
        report({
          ...{ points: count, repetitions: REPETITIONS, kills, losses: losses.length },
          seconds: Math.round(seconds),
        });
        expect({ losses, neverKilled }).toEqual({ losses: [], neverKilled: [] });
        expect(kills).toBeGreaterThanOrEqual(count * REPETITIONS);
      },
      6 * 3_600_000,
    );
  });

if (REPETITIONS > 0) everything();
else usual();
