import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { projectRoot, toolEntry } from "../lib/project.ts";
import { runProcess } from "../lib/run-process.ts";
import { failedPhase, type PhaseResult } from "./phase.ts";
import { type FileResult, summed, withSecondLook, worthASecondLook } from "./second-look.ts";

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
  /** Files that fail are run once more, alone; see {@link worthASecondLook}. */
  secondLook?: boolean;
};

type Run = { readonly code: number; readonly files: readonly FileResult[] | undefined };

/** Runs Vitest, showing its output on stderr, and counts by its JSON report. */
export async function runVitest(options: VitestOptions): Promise<PhaseResult> {
  const first = await run(options, []);
  if (first.files === undefined) {
    return failedPhase(`vitest ended with code ${first.code} and no report`);
  }
  const again = options.secondLook ? worthASecondLook(first.files) : [];
  if (again.length === 0) return summed(first.files, first.code);
  process.stderr.write(`\nFailed, and looked at again alone: ${again.join(", ")}\n`);
  const second = await run(options, ["--no-file-parallelism", ...again]);
  return withSecondLook(first.files, second.files ?? [], second.code);
}

async function run(options: VitestOptions, more: readonly string[]): Promise<Run> {
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
        ...more,
      ],
      {
        cwd: root,
        output: "show",
        env: options.env ?? {},
        ...(options.signal && { signal: options.signal }),
      },
    );
    const text = await readFile(file, "utf8").catch(() => undefined);
    return { code, files: text === undefined ? undefined : read(JSON.parse(text), root) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function read(report: Report, root: string): FileResult[] {
  return report.testResults.map((file) => {
    const of = (wanted: (status: string) => boolean) =>
      file.assertionResults.filter(({ status }) => wanted(status));
    const failures = of((status) => status === "failed").map(({ fullName }) => fullName.trim());
    // A file that cannot be loaded, or whose hook fails, fails without a failed test.
    if (file.status === "failed" && failures.length === 0) {
      failures.push(file.message?.split("\n")[0] ?? "failed");
    }
    return {
      name: relative(root, file.name),
      passed: of((status) => status === "passed").length,
      skipped: of((status) => status !== "passed" && status !== "failed").length,
      failures,
    };
  });
}
