import { type PhaseResult, requireTests } from "./phase.ts";

export type Phase = {
  name: string;
  run(signal: AbortSignal): Promise<PhaseResult>;
  /** Nothing after it can run when it fails. */
  required?: true;
};

export type Totals = PhaseResult & {
  status: "passed" | "failed";
  phases: readonly (PhaseResult & { name: string; millis: number })[];
};

/** Runs phases one after the other and sums them; a phase that lost its tests counts as a failure. */
export async function runPhases(
  phases: readonly Phase[],
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<Totals> {
  const results: (PhaseResult & { name: string; millis: number })[] = [];
  for (const { name, run, required } of phases) {
    signal.throwIfAborted();
    log(`\n== ${name}`);
    const start = performance.now();
    const result = requireTests(name, await run(signal));
    signal.throwIfAborted();
    const millis = Math.round(performance.now() - start);
    if (result.reason !== undefined) log(`${name}: skipped: ${result.reason}`);
    for (const failure of result.failures) log(`FAILED ${failure}`);
    log(`${name}: ${counts(result)} (${(millis / 1000).toFixed(1)} s)`);
    results.push({ name, millis, ...result });
    if (required && result.failed > 0) break;
  }
  const sum = (count: (result: PhaseResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const failed = sum((result) => result.failed);
  return {
    status: failed === 0 ? "passed" : "failed",
    passed: sum((result) => result.passed),
    failed,
    skipped: sum((result) => result.skipped),
    failures: results.flatMap(({ failures }) => failures),
    phases: results,
  };
}

/** "3 passed, 0 failed", and ", 1 skipped" where any was. */
export function counts({ passed, failed, skipped }: PhaseResult): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
