import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { projectRoot, toolEntry } from "../lib/project.ts";
import { runProcess } from "../lib/run-process.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";

/** The parts of Vitest's JSON report that are read. */
type Report = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
};

export type VitestOptions = {
  /** Where the configuration and the tests are; the root by default. */
  root?: string;
  args?: readonly string[];
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
};

/** Runs Vitest, showing its output on stderr, and counts by its JSON report. */
export async function runVitest(options: VitestOptions): Promise<PhaseResult> {
  const root = options.root ?? projectRoot;
  const folder = await mkdtemp(join(tmpdir(), "deco-vitest-"));
  try {
    const file = join(folder, "report.json");
    const { code } = await runProcess(
      process.execPath,
      [
        toolEntry("vitest"),
        "run",
        ...["--root", root, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
        ...(options.args ?? []),
      ],
      {
        cwd: root,
        output: "show",
        env: options.env ?? {},
        ...(options.signal && { signal: options.signal }),
      },
    );
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) return failedPhase(`vitest ended with code ${code} and no report`);
    return count(JSON.parse(text) as Report, root, code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function count(report: Report, root: string, code: number): PhaseResult {
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") failures.push(`${name}: ${test.fullName.trim()}`);
      else skipped += 1;
    }
    // A file that cannot be loaded, or whose hook fails, fails without a failed test.
    if (
      file.status === "failed" &&
      !file.assertionResults.some(({ status }) => status === "failed")
    ) {
      failures.push(`${name}: ${file.message?.split("\n")[0] ?? "failed"}`);
    }
  }
  // Unhandled errors fail the run but belong to no test.
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with code ${code}`);
  return { passed, failed: failures.length, skipped, failures };
}
