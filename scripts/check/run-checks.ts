import type { Check, Findings } from "./check.ts";
import { dependencies } from "./dependencies/check.ts";
import { exportedFiles } from "./publint.ts";
import { biome, generated, solhint, solhintTests, solidityFormat, types, unused } from "./tools.ts";

export const checks: readonly Check[] = [
  biome,
  solidityFormat,
  solhint,
  solhintTests,
  dependencies,
  exportedFiles,
  types,
  unused,
  generated,
];

export type CheckResult = Findings & { name: string; ok: boolean; millis: number };

export type RunChecksOptions = {
  /** Gets one line per check, and what it found wrong. */
  log: (message: string) => void;
  signal: AbortSignal;
  /** Names to run; all by default. */
  only?: readonly string[];
};

/** Runs the checks one after the other (each uses all cores itself). */
export async function runChecks(options: RunChecksOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, run } of checks) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    options.signal.throwIfAborted();
    const start = performance.now();
    const found = await run(options.signal);
    const millis = Math.round(performance.now() - start);
    const problems = found.files === 0 ? "it found no files" : found.problems;
    const ok = problems === "";
    results.push({ name, ok, files: found.files, problems, millis });
    options.log(
      `${ok ? "ok    " : "FAILED"} ${name.padEnd(22)} ${String(found.files).padStart(5)} files ` +
        `${(millis / 1000).toFixed(1).padStart(6)} s`,
    );
    if (!ok) options.log(`${problems}\n`);
  }
  return results;
}
