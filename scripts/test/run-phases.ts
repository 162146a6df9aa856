import { type PhaseResult, requireTests } from "./phase.ts";

export type Phase = {
  name: string;
  run(signal: AbortSignal): Promise<PhaseResult>;
  /** Nothing after it can run when it fails. */
  required?: true;
  /** Is in the second of two rows, which run beside each other: one computes while the other waits for chains and containers. */
  beside?: true;
  /** Takes nothing from the required phases, and does not wait for them. */
  alone?: true;
};

export type Totals = PhaseResult & {
  status: "passed" | "failed";
  phases: readonly (PhaseResult & { name: string; millis: number })[];
};

type Finished = PhaseResult & { name: string; millis: number };

/**
 * Runs phases in two rows, each one after the other, and sums them in the order given. Those that a failed required phase was to
 * prepare are left out; a phase that lost its tests counts as a failure.
 */
export async function runPhases(
  phases: readonly Phase[],
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<Totals> {
  const required = runInTurn(
    phases.filter((phase) => phase.required),
    log,
    signal,
  );
  const prepared = required.then((results) => results.every(({ failed }) => failed === 0));
  const rest = phases.filter((phase) => !phase.required);
  const rows = [rest.filter(({ beside }) => beside), rest.filter(({ beside }) => !beside)];
  const done = await Promise.all([
    required,
    ...rows.map(async (row) => await runInTurn(row, log, signal, prepared)),
  ]).then((results) => results.flat());
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
    unsteady: results.flatMap(({ unsteady = [] }) => unsteady),
    phases: results,
  };
}

/** Ends early where a required phase failed. */
async function runInTurn(
  phases: readonly Phase[],
  log: (message: string) => void,
  signal: AbortSignal,
  prepared: Promise<boolean> = Promise.resolve(true),
): Promise<Finished[]> {
  const results: Finished[] = [];
  for (const { name, run, required, alone } of phases) {
    if (!alone && !(await prepared)) break;
    signal.throwIfAborted();
    log(`\n== ${name}`);
    const start = performance.now();
    const result = requireTests(name, await run(signal));
    signal.throwIfAborted();
    const millis = Math.round(performance.now() - start);
    if (result.reason !== undefined) log(`${name}: skipped: ${result.reason}`);
    for (const failure of result.failures) log(`FAILED ${failure}`);
    for (const test of result.unsteady ?? []) log(`UNSTEADY ${test}`);
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
