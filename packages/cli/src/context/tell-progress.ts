import { setTimeout as sleep } from "node:timers/promises";

import type { ProgressReport, ProgressWatch } from "@deco-network/requester";

const PAUSE_MILLIS = 2_000;

/** What a person wants to know while programs run. */
const TOLD: readonly string[] = ["seated", "running", "ran"];

interface TellOptions {
  readonly signal: AbortSignal;
  readonly pauseMillis?: number;
}

/**
 * Asks seated providers how far they are until the signal is aborted, and says what changed. It only
 * adds to what the chain tells: whatever fails is left out.
 * @param seated Who holds seats of a round that executes; asked anew each time.
 */
export async function tellProgress(
  watch: Pick<ProgressWatch, "look">,
  seated: () => readonly number[],
  say: (line: string) => void,
  { signal, pauseMillis = PAUSE_MILLIS }: TellOptions,
): Promise<void> {
  const said = new Map<number, string>();
  while (!signal.aborted) {
    const reports = await watch.look(seated(), signal).catch(() => []);
    for (const report of reports) {
      const line = lineOf(report);
      if (line === undefined || said.get(report.provider) === line) continue;
      said.set(report.provider, line);
      say(line);
    }
    await sleep(pauseMillis, undefined, { signal }).catch(() => undefined);
  }
}

function lineOf(report: ProgressReport): string | undefined {
  if (report.status === "silent" || !TOLD.includes(report.progress.state)) return undefined;
  const { provider, progress } = report;
  const { items, state } = progress;
  if (items === undefined || items.total === 1) return `provider ${provider} says: ${state}`;
  return `provider ${provider} says: ${state}, ${items.done} of ${items.total} items`;
}
