import type { PhaseResult } from "./phase.ts";

/** What one file of tests came to. */
export type FileResult = {
  readonly name: string;
  readonly passed: number;
  readonly skipped: number;
  /** Names of the tests that failed, or of what else did. */
  readonly failures: readonly string[];
};

/** With more files than this something is broken, not busy. */
const MOST_FILES = 4;
/** Where chance decides what is tried, one failure is a finding: another try would look elsewhere. */
const BY_CHANCE = /\/(crash|faults|invariant|properties)\//;

/**
 * Files that failed beside others and may pass alone: their chains, nodes and containers share the cores with those of other files. None
 * where too many failed, or where a failure must stand.
 */
export function worthASecondLook(files: readonly FileResult[]): string[] {
  const failed = files.filter(({ failures }) => failures.length > 0).map(({ name }) => name);
  const stands = failed.length > MOST_FILES || failed.some((name) => BY_CHANCE.test(`/${name}`));
  return stands ? [] : failed;
}

/** Sums what all files came to. */
export function summed(files: readonly FileResult[], code: number): PhaseResult {
  const failures = files.flatMap(({ name, failures: of }) => of.map((one) => `${name}: ${one}`));
  // Unhandled errors fail the run but belong to no test.
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with code ${code}`);
  const sum = (count: (file: FileResult) => number) =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: failures.length,
    skipped: sum(({ skipped }) => skipped),
    failures,
  };
}

/**
 * The second run's word on its files stands for the first's. What passed then is named as unsteady: it counts as passed, and is not
 * silent about it. A file that the second run lost keeps what the first said.
 */
export function withSecondLook(
  first: readonly FileResult[],
  second: readonly FileResult[],
  code: number,
): PhaseResult {
  const again = new Map(second.map((file) => [file.name, file]));
  const merged = first.map((file) => again.get(file.name) ?? file);
  const unsteady = first.flatMap(({ name, failures }) => {
    const now = again.get(name);
    const over = failures.filter((one) => now !== undefined && !now.failures.includes(one));
    return over.map((one) => `${name}: ${one}`);
  });
  return { ...summed(merged, code), unsteady };
}
