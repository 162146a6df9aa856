import type { PhaseResult } from "./phase.ts";

/** The parts of forge's JSON report that are read, by suite and by test. */
export type ForgeReport = Record<string, { test_results: Record<string, TestResult> }>;
type TestResult = {
  status: "Success" | "Failure" | "Skipped";
  reason: string | null;
  counterexample: unknown;
  kind: { Invariant?: { metrics: Record<string, HandlerCalls> } };
};
type HandlerCalls = { calls: number; reverts: number; discards: number };

/** Fewer successful calls than these, and a run of invariants has not seen enough to prove them. */
export type EnoughCalls = { total: number; actor: number };
const everyRun: EnoughCalls = { total: 32_000, actor: 500 };

/** forge prints the report as the one line that is an object; a compile error leaves none. */
export function parseReport(stdout: string): ForgeReport | undefined {
  const line = stdout.split("\n").find((candidate) => candidate.startsWith("{"));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as ForgeReport;
  } catch {
    return undefined;
  }
}

/**
 * Counts the tests, and says what invariants lack to mean something.
 * @param code with which forge ended: one that fails without a failed test fails the run
 * @param log told what the actors of invariants did
 * @param enough calls of invariants; what every run must do, unless it is a longer one
 */
export function judgeReport(
  report: ForgeReport,
  code: number,
  log: (line: string) => void,
  enough = everyRun,
): PhaseResult {
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  for (const [suite, { test_results }] of Object.entries(report)) {
    for (const [test, result] of Object.entries(test_results)) {
      if (result.status === "Success") passed += 1;
      else if (result.status === "Skipped") skipped += 1;
      else failures.push(describeFailure(`${suite}: ${test}`, result));
    }
    failures.push(...judgeInvariants(suite, Object.values(test_results), log, enough));
  }
  if (code !== 0 && failures.length === 0) failures.push(`forge ended with code ${code}`);
  return { passed, failed: failures.length, skipped, failures };
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
function judgeInvariants(
  suite: string,
  results: readonly TestResult[],
  log: (line: string) => void,
  enough: EnoughCalls,
): string[] {
  const actors = actorsOf(results);
  if (actors.length === 0) return [];
  const total = actors.reduce((sum, { calls }) => sum + calls, 0);
  log(`${suite}: ${total} successful calls`);
  for (const { name, calls } of actors) log(`  ${name.padEnd(16)} ${calls}`);
  const short = actors
    .filter(({ calls }) => calls < enough.actor)
    .map(({ name, calls }) => `${suite}: ${name} made ${calls} of ${enough.actor} calls`);
  return total < enough.total ? [...short, `${suite}: ${total} of ${enough.total} calls`] : short;
}
