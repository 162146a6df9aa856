import { describe, expect, it } from "vitest";

import { failedPhase, type PhaseResult } from "../../../scripts/test/phase.ts";
import { counts, type Phase, runPhases } from "../../../scripts/test/run-phases.ts";

const NONE: PhaseResult = { passed: 0, failed: 0, skipped: 0, failures: [] };
const passing = { ...NONE, passed: 2 };

function phase(name: string, result: PhaseResult, required?: true): Phase {
  return { name, run: async () => result, ...(required && { required }) };
}

async function run(phases: readonly Phase[], signal = new AbortController().signal) {
  const lines: string[] = [];
  const totals = await runPhases(phases, (line) => lines.push(line), signal);
  return { totals, lines };
}

describe("runPhases", () => {
  it("sums what the phases found", async () => {
    const { totals, lines } = await run([
      phase("one", passing),
      phase("two", { ...passing, skipped: 3, reason: "no engine" }),
    ]);
    expect(totals).toMatchObject({ status: "passed", passed: 4, failed: 0, skipped: 3 });
    expect(totals.phases).toMatchObject([{ name: "one" }, { name: "two", reason: "no engine" }]);
    for (const { millis } of totals.phases) expect(millis).toBeGreaterThanOrEqual(0);
    expect(lines).toContain("two: skipped: no engine");
  });

  it("fails with one failure, and still runs the rest", async () => {
    const { totals, lines } = await run([
      phase("one", { ...passing, failed: 1, failures: ["a test"] }),
      phase("two", passing),
    ]);
    expect(totals).toMatchObject({ status: "failed", passed: 4, failed: 1, failures: ["a test"] });
    expect(lines).toContain("FAILED a test");
  });

  it("ends after a required phase that failed", async () => {
    const { totals } = await run([phase("build", failedPhase("broken"), true), phase("x", NONE)]);
    expect(totals).toMatchObject({ passed: 0, failed: 1, failures: ["broken"] });
    expect(totals.phases).toHaveLength(1);
  });

  it("goes on after a required phase that passed", async () => {
    const { totals } = await run([phase("build", passing, true), phase("x", passing)]);
    expect(totals.phases).toHaveLength(2);
  });

  it("counts a phase that lost its tests as a failure", async () => {
    const { totals } = await run([phase("one", NONE)]);
    expect(totals).toMatchObject({ status: "failed", failures: ["one: no tests found"] });
  });

  it("takes tests that were all skipped for found", async () => {
    const { totals } = await run([phase("one", { ...NONE, skipped: 1 })]);
    expect(totals).toMatchObject({ status: "passed", skipped: 1 });
  });

  it("runs phases beside the others, and tells them in the order given", async () => {
    const gate = Promise.withResolvers<PhaseResult>();
    const waits: Phase = { name: "waits", run: () => gate.promise, beside: true };
    const opens: Phase = {
      name: "opens",
      run: async () => {
        gate.resolve(passing);
        return passing;
      },
    };
    const { totals } = await run([waits, opens, phase("last", passing)]);
    expect(totals.phases.map(({ name }) => name)).toEqual(["waits", "opens", "last"]);
    expect(totals).toMatchObject({ status: "passed", passed: 6 });
  });

  it("starts what takes nothing from required phases at once, and keeps it when they fail", async () => {
    const started = Promise.withResolvers<PhaseResult>();
    const alone: Phase = {
      ...{ name: "alone", beside: true, alone: true },
      run: async () => {
        started.resolve(failedPhase("broken"));
        return passing;
      },
    };
    const build: Phase = { name: "build", required: true, run: () => started.promise };
    const after: Phase = { ...phase("after", passing), beside: true };
    const { totals } = await run([build, alone, after, phase("x", passing)]);
    expect(totals.phases.map(({ name }) => name)).toEqual(["build", "alone"]);
    expect(totals).toMatchObject({ status: "failed", passed: 2, failed: 1 });
  });

  it("ends with the signal, before the next phase and after the last", async () => {
    const stopping = new AbortController();
    const stop: Phase = {
      name: "stop",
      run: async () => {
        stopping.abort(new DOMException("SIGINT", "AbortError"));
        return passing;
      },
    };
    await expect(run([stop, phase("x", passing)], stopping.signal)).rejects.toMatchObject({
      ...{ name: "AbortError", message: "SIGINT" },
    });
    await expect(run([phase("x", passing)], stopping.signal)).rejects.toBe(stopping.signal.reason);
  });
});

describe("counts", () => {
  it("is the line that continuous integration reads", () => {
    expect(counts(passing)).toBe("2 passed, 0 failed");
    expect(counts({ ...passing, skipped: 1 })).toBe("2 passed, 0 failed, 1 skipped");
  });
});
