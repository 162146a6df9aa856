import type { RefusalReport, TaskStage } from "@deco-network/requester";
import { describe, expect, it } from "vitest";

import { lacksSeats, tellRefusals } from "../src/context/tell-refusals.ts";

const refuses = (provider: number, code: string): RefusalReport => ({
  ...{ provider, status: "told" },
  refusals: [{ round: 1, source: "market", code, at: 0 }],
});

it("says each reason once while seats are missing, and survives silent nodes", async () => {
  const over = new AbortController();
  const answers: (() => RefusalReport[])[] = [
    () => [refuses(1, "one"), { provider: 2, status: "silent", code: "timeout" }],
    () => {
      throw new RangeError("no node answers");
    },
    () => [refuses(1, "one"), refuses(2, "two")],
    () => [refuses(1, "other")],
  ];
  let missing = true;
  const ask = async () => {
    const answer = answers.shift();
    if (answers.length === 0) missing = false;
    return answer?.() ?? [];
  };
  const said: string[] = [];
  const isMissing = () => {
    if (!missing) over.abort();
    return missing;
  };
  const options = { signal: over.signal, pauseMillis: 1 };
  await tellRefusals(ask, isMissing, (line) => said.push(line), options);
  // The last answer came when the round was full.
  expect(said).toEqual(["provider 1 refuses: one", "provider 2 refuses: two"]);
});

describe("a task lacks seats", () => {
  const stage = (name: string, more: object = {}) => ({ stage: name, ...more }) as TaskStage;
  it.each<[boolean, TaskStage[]]>([
    [false, []],
    [true, [stage("posted")]],
    [true, [stage("posted"), stage("seat-taken", { taken: 1, wanted: 2 })]],
    [false, [stage("posted"), stage("seat-taken", { taken: 2, wanted: 2 })]],
    [false, [stage("posted"), stage("executing"), stage("committed")]],
    [true, [stage("executing"), stage("round-opened"), stage("waiting")]],
    [false, [stage("posted"), stage("ended")]],
  ])("%s", (expected, stages) => {
    expect(lacksSeats(stages)).toBe(expected);
  });
});
