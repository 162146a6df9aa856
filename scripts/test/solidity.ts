import type { RunOptions } from "../lib/run-process.ts";
import { runForge } from "../solidity/run-forge.ts";
import { type EnoughCalls, judgeReport, parseReport } from "./forge-report.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";

/** Runs the Solidity tests and counts by forge's JSON report; invariants must have done enough. */
export async function runSolidityTests(
  args: readonly string[],
  options: RunOptions = {},
  enough?: EnoughCalls,
): Promise<PhaseResult> {
  const { code, stdout, stderr } = await runForge(
    ["test", "--json", "--suppress-successful-traces", ...args],
    options,
  );
  const report = parseReport(stdout);
  if (report === undefined) {
    process.stderr.write(stdout + stderr);
    return failedPhase(`forge ended with code ${code} and no report`);
  }
  return judgeReport(report, code, (line) => process.stderr.write(`${line}\n`), enough);
}
