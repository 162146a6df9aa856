import type { TaskStage } from "@deco-network/requester";
import { formatEther } from "viem";

/** Tells a person what happens and remembers how long it took. */
export interface Progress {
  /** A part of the demo is done. */
  step(name: string, text: string): void;
  /** Something happened to the task. */
  stage(stage: TaskStage): void;
  /** Something worth knowing. */
  readonly note: (text: string) => void;
  /** Milliseconds that each part took, and `total`. */
  timings(): Record<string, number>;
}

/** Stages after which the time spent is told apart. */
const TIMED = new Set<TaskStage["stage"]>(["executing", "revealing", "settled"]);

/**
 * @param write receives one line at a time
 * @param work what providers do once the round is full
 */
export function createProgress(write: (line: string) => void, work: string): Progress {
  const started = performance.now();
  let last = started;
  const timings: Record<string, number> = {};
  const time = (name: string) => {
    const now = performance.now();
    timings[name] = Math.round(now - last);
    last = now;
  };
  const say = (text: string) => {
    const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(5);
    write(`${seconds} s  ${text}`);
  };
  return {
    step(name, text) {
      time(name);
      say(text);
    },
    stage(stage) {
      if (TIMED.has(stage.stage)) time(stage.stage);
      const text = stage.stage === "executing" ? work : describe(stage);
      if (text !== undefined) say(text);
    },
    note: say,
    timings: () => ({ ...timings, total: Math.round(performance.now() - started) }),
  };
}

function describe(stage: TaskStage): string | undefined {
  switch (stage.stage) {
    case "seat-taken":
      return `provider ${stage.provider} took seat ${stage.taken} of ${stage.wanted} at ${deco(stage.price)}`;
    case "committed":
      return `provider ${stage.provider} committed (${stage.committed} of ${stage.wanted})`;
    case "abstained":
      return `provider ${stage.provider} abstained: ${stage.reason}`;
    case "revealed":
      return `provider ${stage.provider} revealed (${stage.revealed} of ${stage.committed})`;
    case "seat-ended":
      return `provider ${stage.provider} ${ending(stage)}`;
    case "settled":
      if (stage.totalWeight === 0) return `settled by its proof: ${stage.result}`;
      return `settled: weight ${stage.weight} of ${stage.totalWeight} agreed on ${stage.result}`;
    case "ended":
      return `ended without a result: ${stage.reason}`;
    default:
      return undefined;
  }
}

function ending({ outcome, paid, slashed, trust }: Extract<TaskStage, { stage: "seat-ended" }>) {
  const money = [
    ...(paid > 0n ? [`paid ${deco(paid)}`] : []),
    ...(slashed > 0n ? [`slashed ${deco(slashed)}`] : []),
  ];
  return `${outcome}: ${[...money, `trust ${(trust / 10).toFixed(1)}`].join(", ")}`;
}

function deco(amount: bigint): string {
  return `${Number(formatEther(amount)).toFixed(2)} DECO`;
}
