import { campaign, type Job, jobsOf, type NamedScenario, record, type Stage } from "./campaign.ts";
import { randomFrom, sampleOf } from "./plan.ts";
import type { Point } from "./point.ts";

export interface CrashRunOptions<S extends NamedScenario> {
  /** Whose points these are, for the report. */
  readonly of: string;
  readonly scenarios: readonly S[];
  /** What a usual run looks at: scenarios with short lives, and so many chains of four kills each. */
  readonly sampled: readonly string[];
  readonly chains: number;
  openStage(): Promise<Stage<S>>;
}

/** What a run has to come to. */
export const NOTHING_LOST = { losses: [], neverKilled: [], killed: true } as const;

const nightly = process.env["DECO_NIGHTLY"] === "1";

/** A daemon's crash tests as the environment asks for them: DECO_SEED, DECO_CRASH_REPETITIONS, DECO_CRASH_SCENARIOS, DECO_NIGHTLY. */
export class CrashRun<S extends NamedScenario> {
  /** With a number, everything that often; DECO_NIGHTLY=1 means 20. */
  readonly repetitions = Number(process.env["DECO_CRASH_REPETITIONS"] ?? (nightly ? 20 : 0));
  readonly seed = Number(process.env["DECO_SEED"] ?? Date.now() % 100_000);
  /** Whether only some scenarios were asked for; they cannot meet everything. */
  readonly isChoice: boolean;
  readonly #options: CrashRunOptions<S>;
  readonly #scenarios: readonly S[];
  readonly #stages: Stage<S>[] = [];
  readonly #points = new Map<S, readonly Point[]>();

  constructor(options: CrashRunOptions<S>) {
    const chosen = process.env["DECO_CRASH_SCENARIOS"]?.split(",");
    this.isChoice = chosen !== undefined;
    this.#options = options;
    this.#scenarios = options.scenarios.filter(({ name }) => chosen?.includes(name) ?? true);
  }

  get everything(): boolean {
    return this.repetitions > 0;
  }

  async open(): Promise<void> {
    for (let i = 0; i < (this.everything ? 2 : 1); i++) {
      this.#stages.push(await this.#options.openStage());
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.close()));
  }

  /** All points that undisturbed lives of the scenarios reach. */
  async points(): Promise<readonly Point[]> {
    await this.#record(this.#scenarios);
    return [...this.#points.values()].flat();
  }

  /** Kills at some points, which the seed chooses. */
  async sample() {
    const { sampled, chains } = this.#options;
    await this.#record(this.#scenarios.filter(({ name }) => sampled.includes(name)));
    const all = [...this.#points].flatMap(([scenario, found]) => jobsOf(scenario, found));
    const jobs = sampleOf(all, chains, randomFrom(this.seed));
    return await this.#judge(jobs, chains, { seed: this.seed });
  }

  /** Kills at every point, as often as was asked for. */
  async all() {
    const points = (await this.points()).length;
    const jobs: Job<S>[] = [];
    for (let i = 0; i < this.repetitions; i++) {
      for (const [scenario, found] of this.#points) jobs.push(...jobsOf(scenario, found));
    }
    const { repetitions } = this;
    return await this.#judge(jobs, points * repetitions, { points, repetitions });
  }

  async #judge(jobs: readonly Job<S>[], least: number, told: Record<string, number>) {
    const { losses, neverKilled, kills, seconds } = await campaign(this.#stages, jobs);
    const rest = { kills, losses: losses.length, seconds: Math.round(seconds) };
    const line = { of: this.#options.of, ...told, ...rest };
    process.stdout.write(`crash points: ${JSON.stringify(line)}\n`);
    return { losses, neverKilled, killed: kills >= least };
  }

  async #record(chosen: readonly S[]): Promise<void> {
    const [stage] = this.#stages;
    if (!stage) throw new RangeError("no stage");
    for (const scenario of chosen) {
      if (!this.#points.has(scenario)) this.#points.set(scenario, await record(stage, scenario));
    }
  }
}
