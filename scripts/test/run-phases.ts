import { type PhaseResult, requireTests } from "./phase.ts";

export type Phase = {
  name: string;
  run(signal: AbortSignal): Promise<PhaseResult>;
  /** Nothing after it can run when it fails. */
  required?: true;
  /** Runs beside the phases without this mark: it computes where they mostly wait for chains and containers. */
  beside?: true;
};

export type Totals = PhaseResult & {
  status: "passed" | "failed";
  phases: readonly (PhaseResult & { name: string; millis: number })[];
};

type Finished = PhaseResult & { name: string; millis: number };

/**
 * Runs phases one after the other, those marked `beside` in a row of their own once the required ones passed, and sums them
 * in the order given; a phase that lost its tests counts as a failure.
 */
export async function runPhases(
  phases: readonly Phase[],
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<Totals> {
  const first = await runInTurn(
    phases.filter(({ required }) => required),
    log,
    signal,
  );
  const rest = phases.filter(({ required }) => !required);
  const rows = [rest.filter(({ beside }) => beside), rest.filter(({ beside }) => !beside)];
  const others = first.some(({ failed }) => failed > 0)
    ? []
    : await Promise.all(rows.map((row) => runInTurn(row, log, signal)));
  const done = [...first, ...others.flat()];
  const results = phases.flatMap(({ name }) => done.filter((result) => result.name === name));
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

/** Ends early after a required phase that failed. */
async function runInTurn(
  phases: readonly Phase[],
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<Finished[]> {
  const results: Finished[] = [];
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
  return results;
}

/** "3 passed, 0 failed", and ", 1 skipped" where any was. */
export function counts({ passed, failed, skipped }: PhaseResult): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
