import type { RunOptions } from "../lib/run-process.ts";
import { runForge } from "../solidity/run-forge.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";

/** The parts of forge's JSON report that are read, by suite and by test. */
type Report = Record<string, { test_results: Record<string, TestResult> }>;
type TestResult = {
  status: "Success" | "Failure" | "Skipped";
  reason: string | null;
  counterexample: unknown;
  kind: { Invariant?: { metrics: Record<string, HandlerCalls> } };
};
type HandlerCalls = { calls: number; reverts: number; discards: number };

/** Fewer successful calls than these, and a run of invariants has not seen enough to prove them. */
const minimum = { total: 32_000, actor: 500 };

/** Runs the Solidity tests and counts by forge's JSON report; invariants must have done enough. */
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
    failures.push(...judgeInvariants(suite, Object.values(test_results)));
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

/**
 * What the actors of a suite's invariants did, one row each; no rows for suites without invariants.
 * A call that reverted or was discarded did nothing.
 */
function actorsOf(results: readonly TestResult[]): { name: string; calls: number }[] {
  const actors = new Map<string, number>();
  for (const { kind } of results) {
    for (const [handler, { calls, reverts, discards }] of Object.entries(
      kind.Invariant?.metrics ?? {},
    )) {
      // A handler is named path:Actor.selector.
      const name = handler.slice(handler.lastIndexOf(":") + 1).split(".")[0] ?? handler;
      actors.set(name, (actors.get(name) ?? 0) + calls - reverts - discards);
    }
  }
  return [...actors].sort().map(([name, calls]) => ({ name, calls }));
}

/** Prints the actors' successful calls and says what is missing for the run to mean something. */
function judgeInvariants(suite: string, results: readonly TestResult[]): string[] {
  const actors = actorsOf(results);
  if (actors.length === 0) return [];
  const total = actors.reduce((sum, { calls }) => sum + calls, 0);
  process.stderr.write(`${suite}: ${total} successful calls\n`);
  for (const { name, calls } of actors) process.stderr.write(`  ${name.padEnd(16)} ${calls}\n`);
  const short = actors
    .filter(({ calls }) => calls < minimum.actor)
    .map(({ name, calls }) => `${suite}: ${name} made ${calls} of ${minimum.actor} calls`);
  return total < minimum.total ? [...short, `${suite}: ${total} of ${minimum.total} calls`] : short;
}
