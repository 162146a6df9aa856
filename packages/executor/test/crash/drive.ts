import type { Point } from "./points.ts";
import type { Scenario } from "./scenarios.ts";
import type { Stage } from "./stage.ts";

/** What a scenario was like when its executor was to be killed at these points, one after the other. */
export interface Lived {
  readonly scenario: string;
  /** Everything that was reached, in order, over all lives. */
  readonly points: readonly Point[];
  readonly killed: readonly Point[];
  /** Not reached after the earlier ones. */
  readonly missed: readonly Point[];
  /** What the provider lost, in words. */
  readonly loss?: string;
  readonly seconds: number;
}

const LONGEST_SECONDS = 150;
const PAUSE_MILLIS = 50;
/** What follows the end of a task by itself: the last receipts and blocks. */
const AFTERGLOW_MILLIS = 600;

/** Lives through the scenario once, killed at every given point in turn, and judges the end. */
export async function live(
  stage: Stage,
  scenario: Scenario,
  kills: readonly Point[],
  /** Done between two lives, told how many kills there were. */
  between: (killed: number) => Promise<void> = async () => undefined,
): Promise<Lived> {
  const started = performance.now();
  const left = [...kills];
  const killed: Point[] = [];
  const points: Point[] = [];
  const over = new AbortController();
  if (scenario.fresh) await stage.renew();
  if (scenario.removes) await stage.renewDoomed();
  let life = await stage.live(scenario.mode, left[0]);
  let from = life.points.length;
  // Windows are for the kills, not for a start that came before.
  if (!scenario.fresh) await life.ready;
  const task = await scenario.begin(stage);
  const steering = task && scenario.steer?.(stage, task, over.signal);
  const failure = steering?.then(
    () => undefined,
    (error: unknown) => `steering failed: ${String(error)}`,
  );
  try {
    const deadline = performance.now() + LONGEST_SECONDS * 1_000;
    let endedAt: number | undefined;
    for (;;) {
      const ended = await Promise.race([life.ended, pause()]);
      if (ended) {
        points.push(...life.points.slice(from));
        if (ended === "killed") {
          const at = left.shift();
          if (at) killed.push(at);
          await between(killed.length);
        }
        endedAt = undefined;
        life = await stage.restart(scenario.mode, left[0]);
        from = 0;
        continue;
      }
      if (endedAt === undefined && (await isOver(stage, task))) endedAt = performance.now();
      if (endedAt !== undefined && performance.now() > endedAt + AFTERGLOW_MILLIS) break;
      if (performance.now() > deadline) {
        const last = task ? [...stage.statesOf(task)].at(-1) : "starting";
        const loss = `not over in ${LONGEST_SECONDS} s, ${last}`;
        return result(loss);
      }
    }
    const lost = task ? await scenario.loss(stage, task) : await scenario.loss(stage, "0x");
    return result(lost);
  } finally {
    over.abort();
    await failure;
  }

  function result(loss: string | undefined): Lived {
    points.push(...life.points.slice(from));
    const seconds = (performance.now() - started) / 1_000;
    const rest = { scenario: scenario.name, points, killed, missed: left, seconds };
    return loss === undefined ? rest : { ...rest, loss };
  }
}

async function isOver(stage: Stage, task: `0x${string}` | undefined): Promise<boolean> {
  if (task) return stage.statesOf(task).has("released");
  const ready = await Promise.race([stage.life?.ready, pause()]);
  return ready !== undefined;
}

async function pause(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
  return undefined;
}
