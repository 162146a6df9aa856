import { setTimeout as sleep } from "node:timers/promises";

import type { RefusalReport, TaskStage } from "@deco-network/requester";

import { refusalText } from "../output/refusals-text.ts";

/** Reasons come after providers have looked, and change slowly; everybody is asked. */
const PAUSE_MILLIS = 15_000;

interface TellOptions {
  readonly signal: AbortSignal;
  readonly pauseMillis?: number;
}

/** Whether a round is open that lacks seats. */
export function lacksSeats(stages: readonly TaskStage[]): boolean {
  const names = ["posted", "round-opened", "seat-taken", "executing", "settled", "ended"];
  const last = stages.findLast(({ stage }) => names.includes(stage));
  if (last?.stage === "seat-taken") return last.taken < last.wanted;
  return last?.stage === "posted" || last?.stage === "round-opened";
}

/**
 * While seats are missing, asks providers why they take none, and says each new reason once. It only adds to what the chain tells:
 * whatever fails is left out.
 * @param isMissing Whether seats are missing now; asked anew each time.
 */
export async function tellRefusals(
  ask: () => Promise<readonly RefusalReport[]>,
  isMissing: () => boolean,
  say: (line: string) => void,
  { signal, pauseMillis = PAUSE_MILLIS }: TellOptions,
): Promise<void> {
  const said = new Map<number, string>();
  while (!signal.aborted) {
    await sleep(pauseMillis, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || !isMissing()) continue;
    for (const report of await ask().catch(() => [])) {
      const line = refusalText(report);
      // A seat may be taken while the answers come.
      if (line === undefined || said.get(report.provider) === line || !isMissing()) continue;
      said.set(report.provider, line);
      say(line);
    }
  }
}
