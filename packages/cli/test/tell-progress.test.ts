import type { ProgressReport } from "@deco-network/requester";
import { expect, it } from "vitest";

import { tellProgress } from "../src/context/tell-progress.ts";

const report = (provider: number, state: string, done: number): ProgressReport => ({
  ...{ provider, status: "told", log: { withheld: "vote-open" } },
  progress: { round: 1, state, since: 0, items: { done, total: 9 } },
});

it("says each change of a seat that executes once, and survives silent nodes", async () => {
  const over = new AbortController();
  const answers: (() => ProgressReport[])[] = [
    () => [report(1, "running", 2), { provider: 2, status: "silent", code: "timeout" }],
    () => {
      throw new RangeError("no node answers");
    },
    () => [report(1, "running", 2), report(2, "ran", 9)],
    () => [report(1, "committed", 9)],
  ];
  const said: string[] = [];
  const look = async () => {
    const answer = answers.shift();
    if (answers.length === 0) over.abort();
    return answer?.() ?? [];
  };
  const say = (line: string) => said.push(line);
  await tellProgress({ look }, () => [1, 2], say, { signal: over.signal, pauseMillis: 1 });
  expect(said).toEqual([
    "provider 1 says: running, 2 of 9 items",
    "provider 2 says: ran, 9 of 9 items",
  ]);
});
