// Every test of the repository. The last line of stdout is "N passed, N failed" (and ", N skipped");
// the exit code is 1 on any failure, and where a phase has lost its tests.
import { runChecks } from "../check/run-checks.ts";
import { ToolError } from "../lib/tool-error.ts";
import { buildContracts } from "../solidity/build.ts";
import { runContainerTests } from "./container-tests.ts";
import { type PhaseName, parseOptions, usage } from "./options.ts";
import { failedPhase, type PhaseResult, requireTests } from "./phase.ts";
import { runSolidityTests } from "./solidity.ts";
import { runVitest } from "./vitest.ts";

type NamedResult = PhaseResult & { name: string; millis: number };

const log = (message: string) => process.stderr.write(`${message}\n`);

const run: Record<PhaseName, (signal: AbortSignal) => Promise<PhaseResult>> = {
  check,
  solidity: (signal) => runSolidityTests([], { signal }),
  vitest: (signal) => runVitest({ args: ["--project", "unit"], signal }),
  docker: (signal) => runContainerTests(log, signal),
};

async function check(signal: AbortSignal): Promise<PhaseResult> {
  const results = await runChecks({ log, signal });
  const failures = results.filter(({ ok }) => !ok).map(({ name }) => `check: ${name}`);
  return {
    passed: results.length - failures.length,
    failed: failures.length,
    skipped: 0,
    failures,
  };
}

async function build(signal: AbortSignal): Promise<PhaseResult> {
  const { code, stdout, stderr } = await buildContracts({ signal });
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  process.stderr.write(stdout + stderr);
  return failedPhase(`the contracts do not compile (code ${code})`);
}

async function timed(
  name: string,
  phase: (signal: AbortSignal) => Promise<PhaseResult>,
  signal: AbortSignal,
): Promise<NamedResult> {
  log(`\n== ${name}`);
  const start = performance.now();
  const result = requireTests(name, await phase(signal));
  const millis = Math.round(performance.now() - start);
  if (result.reason !== undefined) log(`${name}: skipped: ${result.reason}`);
  for (const failure of result.failures) log(`FAILED ${failure}`);
  log(`${name}: ${counts(result)} (${(millis / 1000).toFixed(1)} s)`);
  return { name, millis, ...result };
}

function counts({ passed, failed, skipped }: PhaseResult): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => stopping.abort(new DOMException(name, "AbortError")));
  }
  const { signal } = stopping;

  const results = [await timed("build", build, signal)];
  if (results.every(({ failed }) => failed === 0)) {
    for (const name of options.phases) {
      signal.throwIfAborted();
      results.push(await timed(name, run[name], signal));
    }
  }
  signal.throwIfAborted();
  const total = results.reduce<PhaseResult>(
    (sum, result) => ({
      passed: sum.passed + result.passed,
      failed: sum.failed + result.failed,
      skipped: sum.skipped + result.skipped,
      failures: [...sum.failures, ...result.failures],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );
  const status = total.failed === 0 ? "passed" : "failed";
  if (options.json) log(counts(total));
  process.stdout.write(
    `${options.json ? JSON.stringify({ status, ...total, phases: results }) : counts(total)}\n`,
  );
  return total.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof ToolError) {
    log(`${error.code}: ${error.message}\n  ${error.remedy}`);
    process.exitCode = 64;
  } else if (error instanceof DOMException && error.name === "AbortError") {
    log(`Stopped by ${error.message}.`);
    process.exitCode = 130;
  } else {
    throw error;
  }
}
