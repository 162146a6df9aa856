// Every test of the repository. The last line of stdout is "N passed, N failed" (and ", N skipped");
// the exit code is 1 on any failure, and where a phase has lost its tests.
import { runChecks } from "../check/run-checks.ts";
import { ToolError } from "../lib/tool-error.ts";
import { buildContracts } from "../solidity/build.ts";
import { runContainerTests } from "./container-tests.ts";
import { runLongInvariants } from "./invariants.ts";
import { runMutants } from "./mutants.ts";
import { nightlyPhases, type PhaseName, parseOptions, usage } from "./options.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";
import { runPlantedBugs } from "./planted-bugs.ts";
import { counts, type Phase, runPhases } from "./run-phases.ts";
import { ensureSoftwareTpm, surroundings } from "./software-tpm.ts";
import { runSolidityTests } from "./solidity.ts";
import { runVitest } from "./vitest.ts";

const log = (message: string) => process.stderr.write(`${message}\n`);

const build: Phase = {
  name: "build",
  required: true,
  async run(signal) {
    const { code, stdout, stderr } = await buildContracts({ signal });
    if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
    process.stderr.write(stdout + stderr);
    return failedPhase(`the contracts do not compile (code ${code})`);
  },
};

/** At night every failure stands. */
const secondLook = process.env.DECO_NIGHTLY !== "1";

const phases: Record<PhaseName, Omit<Phase, "name">> = {
  check: { run: check },
  // forge compiles for itself, for longer than everything else takes to start.
  solidity: {
    run: (signal) => runSolidityTests([], { signal, background: true }),
    ...{ beside: true, alone: true },
  },
  planted: { run: (signal) => runPlantedBugs(signal), beside: true },
  invariants: { run: (signal) => runLongInvariants(signal), beside: true },
  mutation: { run: (signal) => runMutants(signal), beside: true },
  vitest: { run: vitest },
  docker: { run: (signal) => runContainerTests({ log, signal, secondLook }), beside: true },
};

async function vitest(signal: AbortSignal): Promise<PhaseResult> {
  const lacking = await ensureSoftwareTpm(surroundings(log, signal));
  const result = await runVitest({ args: ["--project", "unit"], signal, secondLook });
  if (lacking !== undefined) log(`tests with a software TPM: skipped: ${lacking}`);
  return result;
}

async function check(signal: AbortSignal): Promise<PhaseResult> {
  const results = await runChecks({ log, signal });
  const failures = results.filter(({ ok }) => !ok).map(({ name }) => `check: ${name}`);
  const failed = failures.length;
  return { passed: results.length - failed, failed, skipped: 0, failures };
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
  // Whoever started the run is gone, however that happened. Listening alone must not keep it running.
  process.once("disconnect", () =>
    stopping.abort(new DOMException("its starter's end", "AbortError")),
  );
  process.channel?.unref();
  const chosen = options.phases.map((name) => ({ name, ...phases[name] }));
  for (const name of nightlyPhases) {
    if (!options.phases.includes(name))
      log(`${name}: not in this run; DECO_NIGHTLY=1 or --only ${name}`);
  }
  const totals = await runPhases([build, ...chosen], log, stopping.signal);
  if (options.json) log(counts(totals));
  process.stdout.write(`${options.json ? JSON.stringify(totals) : counts(totals)}\n`);
  return totals.status === "passed" ? 0 : 1;
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
