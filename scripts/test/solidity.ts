import type { RunOptions } from "../lib/run-process.ts";
import { runForge } from "../solidity/run-forge.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";

/** The parts of forge's JSON report that are read, by suite and by test. */
type Report = Record<string, { test_results: Record<string, TestResult> }>;
type TestResult = {
  status: "Success" | "Failure" | "Skipped";
  reason: string | null;
  counterexample: unknown;
  kind: { Invariant?: { calls: number; metrics: Record<string, HandlerCalls> } };
};
type HandlerCalls = { calls: number; reverts: number; discards: number };

/** Runs the Solidity tests and counts by forge's JSON report; prints what the invariants' handlers did. */
export async function runSolidityTests(
  args: readonly string[],
  options: RunOptions = {},
): Promise<PhaseResult> {
  const { code, stdout, stderr } = await runForge(
    ["test", "--json", "--suppress-successful-traces", ...args],
    options,
  );
  const report = parse(stdout);
  if (report === undefined) {
    process.stderr.write(stdout + stderr);
    return failedPhase(`forge ended with code ${code} and no report`);
  }
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  for (const [suite, { test_results }] of Object.entries(report)) {
    for (const [test, result] of Object.entries(test_results)) {
      if (result.status === "Success") passed += 1;
      else if (result.status === "Skipped") skipped += 1;
      else failures.push(describeFailure(`${suite}: ${test}`, result));
    }
    process.stderr.write(handlerTable(suite, Object.values(test_results)));
  }
  if (code !== 0 && failures.length === 0) failures.push(`forge ended with code ${code}`);
  return { passed, failed: failures.length, skipped, failures };
}

/** forge prints the report as the one line that is an object; a compile error leaves none. */
function parse(stdout: string): Report | undefined {
  const line = stdout.split("\n").find((candidate) => candidate.startsWith("{"));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as Report;
  } catch {
    return undefined;
  }
}

function describeFailure(test: string, { reason, counterexample }: TestResult): string {
  const found = counterexample === null ? "" : ` ${JSON.stringify(counterexample)}`;
  return `${test}: ${reason ?? "failed"}${found.slice(0, 2_000)}`;
}

/** Calls per handler over all invariants of a suite; empty for suites without. */
function handlerTable(suite: string, results: readonly TestResult[]): string {
  const handlers = new Map<string, HandlerCalls>();
  let total = 0;
  for (const { kind } of results) {
    total += kind.Invariant?.calls ?? 0;
    for (const [handler, { calls, reverts, discards }] of Object.entries(
      kind.Invariant?.metrics ?? {},
    )) {
      const sum = handlers.get(handler) ?? { calls: 0, reverts: 0, discards: 0 };
      handlers.set(handler, {
        calls: sum.calls + calls,
        reverts: sum.reverts + reverts,
        discards: sum.discards + discards,
      });
    }
  }
  if (handlers.size === 0) return "";
  const rows = [...handlers].sort().map(([handler, { calls, reverts, discards }]) => {
    const name = handler.slice(handler.lastIndexOf(":") + 1).padEnd(40);
    return `  ${name} ${calls - reverts - discards} of ${calls} calls succeeded`;
  });
  return `${suite}: ${total} invariant calls\n${rows.join("\n")}\n`;
}
