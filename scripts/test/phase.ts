/** What a phase found. `failures` name each failed test. */
export type PhaseResult = {
  passed: number;
  failed: number;
  skipped: number;
  failures: readonly string[];
  /** Tests that failed beside others and passed alone. */
  unsteady?: readonly string[];
  /** Why the phase, or a part of it, did not run. */
  reason?: string;
};

/** One thing that failed as a whole, before any test could run. */
export function failedPhase(failure: string): PhaseResult {
  return { passed: 0, failed: 1, skipped: 0, failures: [failure] };
}

/**
 * A phase that found no test has lost them (a moved folder, a wrong pattern), so it counts as
 * failed; one that says why it skipped does not.
 */
export function requireTests(name: string, result: PhaseResult): PhaseResult {
  if (result.passed + result.failed + result.skipped > 0) return result;
  return failedPhase(`${name}: no tests found`);
}
