import type { Life } from "./life.ts";
import type { Point } from "./point.ts";

/** A scenario on its stage, from its first to its last point. */
export interface Play {
  readonly name: string;
  /** The life in which it begins, with this point told to it. */
  enter(arm: Point | undefined): Promise<Life>;
  /** Sets it going. */
  begin(): Promise<void>;
  /** What others do meanwhile. */
  steer?(signal: AbortSignal): Promise<void>;
  /** A new life after the last one ended. */
  restart(arm: Point | undefined): Promise<Life>;
  isOver(): Promise<boolean>;
  /** How far it has come, in words. */
  stand(): string;
  /** What was lost when it is over, in words; undefined when nothing. */
  loss(): Promise<string | undefined>;
}

/** What a scenario was like when its process was to be killed at these points, one after the other. */
export interface Lived {
  readonly scenario: string;
  /** Everything that was reached, in order, over all lives. */
  readonly points: readonly Point[];
  readonly killed: readonly Point[];
  /** Not reached after the earlier ones. */
  readonly missed: readonly Point[];
  /** What was lost, in words. */
  readonly loss?: string;
  readonly seconds: number;
}

const LONGEST_SECONDS = 150;
const PAUSE_MILLIS = 50;
/** What follows the end of a task by itself: the last receipts and blocks. */
const AFTERGLOW_MILLIS = 600;

/** Lives through the scenario once, killed at every given point in turn, and judges the end. */
export async function live(
  play: Play,
  kills: readonly Point[],
  /** Done between two lives, told how many kills there were. */
  between: (killed: number) => Promise<void> = async () => undefined,
): Promise<Lived> {
  const started = performance.now();
  const left = [...kills];
  const killed: Point[] = [];
  const points: Point[] = [];
  const over = new AbortController();
  let life = await play.enter(left[0]);
  let from = life.points.length;
  await play.begin();
  let failure = "";
  const steering = play.steer?.(over.signal).catch((error: unknown) => {
    failure = `; steering failed: ${String(error)}`;
  });
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
        life = await play.restart(left[0]);
        from = 0;
        continue;
      }
      if (endedAt === undefined && (await play.isOver())) endedAt = performance.now();
      if (endedAt !== undefined && performance.now() > endedAt + AFTERGLOW_MILLIS) break;
      if (performance.now() > deadline) {
        return result(`not over in ${LONGEST_SECONDS} s, ${play.stand()}${failure}`);
      }
    }
    return result(await play.loss());
  } finally {
    over.abort();
    await steering;
  }

  function result(loss: string | undefined): Lived {
    points.push(...life.points.slice(from));
    const seconds = (performance.now() - started) / 1_000;
    const rest = { scenario: play.name, points, killed, missed: left, seconds };
    return loss === undefined ? rest : { ...rest, loss };
  }
}

export async function pause(millis = PAUSE_MILLIS): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, millis));
  return undefined;
}
