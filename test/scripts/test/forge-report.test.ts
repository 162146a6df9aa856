import { describe, expect, it } from "vitest";

import {
  type EnoughCalls,
  type ForgeReport,
  judgeReport,
  parseReport,
} from "../../../scripts/test/forge-report.ts";

type Tests = ForgeReport[string]["test_results"];
type Actors = Record<string, number | { calls: number; reverts: number; discards: number }>;

const SUITE = "test/A.t.sol:ATest";
const success = { status: "Success", reason: null, counterexample: null, kind: {} } as const;

function judge(tests: Tests, code = 0, enough?: EnoughCalls) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const result = judgeReport({ [SUITE]: { test_results: tests } }, code, log, enough);
  return { ...result, lines };
}

function invariant(actors: Actors): Tests {
  const metrics = Object.fromEntries(
    Object.entries(actors).map(([handler, done]) => [
      `test/invariant/Handlers.sol:${handler}`,
      typeof done === "number" ? { calls: done, reverts: 0, discards: 0 } : done,
    ]),
  );
  return { "invariant_rules()": { ...success, kind: { Invariant: { metrics } } } };
}

describe("parseReport", () => {
  it("finds the report among what forge prints", () => {
    expect(parseReport('Compiling...\n{"a":{"test_results":{}}}\n')).toEqual({
      a: { test_results: {} },
    });
  });

  it.each(["", "Error: Compiler run failed\n", '{"a":\n'])("finds none in %j", (text) => {
    expect(parseReport(text)).toBeUndefined();
  });
});

describe("judgeReport", () => {
  it("counts tests by their status", () => {
    const result = judge({
      "test_a()": success,
      "test_b()": { ...success, status: "Skipped" },
      "test_c()": { ...success, status: "Failure", reason: "rule 1: money" },
      "test_d(uint8)": { ...success, status: "Failure", counterexample: { Single: { args: "7" } } },
    });
    expect(result).toMatchObject({ passed: 1, failed: 2, skipped: 1 });
    expect(result.failures).toEqual([
      `${SUITE}: test_c(): rule 1: money`,
      `${SUITE}: test_d(uint8): failed {"Single":{"args":"7"}}`,
    ]);
  });

  it("fails a run that forge failed without naming a test", () => {
    expect(judge({ "test_a()": success }, 1)).toMatchObject({
      ...{ passed: 1, failed: 1, failures: ["forge ended with code 1"] },
    });
  });

  it("does not count forge's own code beside the test that it is for", () => {
    expect(judge({ "test_c()": { ...success, status: "Failure" } }, 1)).toMatchObject({
      failed: 1,
    });
  });

  it("passes invariants whose every actor did enough, and tells what they did", () => {
    const result = judge(invariant({ "Honest.commit": 31_500, "Liars.lie": 500 }));
    expect(result).toMatchObject({ passed: 1, failed: 0 });
    expect(result.lines).toEqual([
      `${SUITE}: 32000 successful calls`,
      `  ${"Honest".padEnd(16)} 31500`,
      `  ${"Liars".padEnd(16)} 500`,
    ]);
  });

  it("sums the handlers of an actor", () => {
    expect(judge(invariant({ "Honest.a": 31_700, "Liars.a": 250, "Liars.b": 250 }))).toMatchObject({
      failed: 0,
    });
  });

  it("fails invariants with an actor that did too little", () => {
    const { failures } = judge(invariant({ "Honest.a": 40_000, "Liars.a": 499 }));
    expect(failures).toEqual([`${SUITE}: Liars made 499 of 500 calls`]);
  });

  it("fails invariants that did too little together", () => {
    const { failures } = judge(invariant({ "Honest.a": 31_999 }));
    expect(failures).toEqual([`${SUITE}: 31999 of 32000 calls`]);
  });

  it("asks more of a longer run", () => {
    const { failures } = judge(invariant({ "Honest.a": 40_000 }), 0, { total: 50_000, actor: 1 });
    expect(failures).toEqual([`${SUITE}: 40000 of 50000 calls`]);
  });

  it("takes calls that reverted or were discarded for nothing", () => {
    const done = { calls: 40_000, reverts: 5_000, discards: 3_001 };
    expect(judge(invariant({ "Honest.a": done }))).toMatchObject({
      failures: [`${SUITE}: 31999 of 32000 calls`],
    });
  });
});
