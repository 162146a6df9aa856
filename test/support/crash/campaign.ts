import { appendFileSync } from "node:fs";

import { type Lived, live, type Play } from "./drive.ts";
import { type Chain, chainsOf } from "./plan.ts";
import type { Point } from "./point.ts";

export interface NamedScenario {
  readonly name: string;
}

/** Where scenarios are lived through, one after the other. */
export interface Stage<Scenario> {
  play(scenario: Scenario): Play;
  close(): Promise<void>;
}

/** One life of a scenario, with the kills that it gets. */
export interface Job<Scenario> {
  readonly scenario: Scenario;
  readonly chain: Chain;
}

/** What a campaign has found. */
export interface Campaign {
  /** What was lost; the goal is nothing. */
  readonly losses: readonly string[];
  /** Points that a job had and that were not reached, though tried again. */
  readonly neverKilled: readonly string[];
  readonly kills: number;
  readonly seconds: number;
}

/** A point that is not reached after others were killed is tried alone, so often. */
const TRIES_ALONE = 3;

/** Points of one undisturbed life of the scenario, in order; a loss is a failure here already. */
export async function record<S extends NamedScenario>(
  stage: Stage<S>,
  scenario: S,
): Promise<Point[]> {
  const { points, loss } = await live(stage.play(scenario), []);
  if (loss !== undefined) throw new RangeError(`${scenario.name}, undisturbed: ${loss}`);
  return [...new Set(points)];
}

export function jobsOf<S>(scenario: S, points: readonly Point[]): Job<S>[] {
  return chainsOf(points).map((chain) => ({ scenario, chain }));
}

/** Does the jobs, on as many stages at a time as are given. */
export async function campaign<S extends NamedScenario>(
  stages: readonly Stage<S>[],
  jobs: readonly Job<S>[],
): Promise<Campaign> {
  const started = performance.now();
  const lives: Lived[] = [];
  const neverKilled: string[] = [];
  const waiting = [...jobs];
  const work = async (stage: Stage<S>) => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const lived = await live(stage.play(job.scenario), job.chain);
      note(lives, lived);
      for (const point of lived.missed) {
        const alone = await aloneAt(stage, job.scenario, point, lives);
        if (!alone) neverKilled.push(`${job.scenario.name}: ${point}`);
      }
    }
  };
  await Promise.all(stages.map(work));
  return {
    neverKilled,
    losses: lives.flatMap(({ scenario, killed, loss }) =>
      loss === undefined ? [] : [`${scenario}, killed ${killed.join(", ")}: ${loss}`],
    ),
    kills: lives.reduce((sum, { killed }) => sum + killed.length, 0),
    seconds: (performance.now() - started) / 1_000,
  };
}

/** A campaign takes hours: with DECO_CRASH_LOG=FILE each life is told there as it ends. */
function note(lives: Lived[], lived: Lived): void {
  lives.push(lived);
  const file = process.env["DECO_CRASH_LOG"];
  if (file === undefined) return;
  const { points: _, ...rest } = lived;
  const told = lived.loss === undefined && lived.missed.length === 0 ? rest : lived;
  appendFileSync(file, `${JSON.stringify(told)}\n`);
}

async function aloneAt<S extends NamedScenario>(
  stage: Stage<S>,
  scenario: S,
  point: Point,
  lives: Lived[],
): Promise<boolean> {
  for (let tries = 0; tries < TRIES_ALONE; tries++) {
    const lived = await live(stage.play(scenario), [point]);
    note(lives, lived);
    if (lived.missed.length === 0) return true;
  }
  return false;
}
