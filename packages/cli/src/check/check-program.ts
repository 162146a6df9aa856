import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { CliError } from "../errors.ts";
import { type RunReport, type RunSpec, runReportSchema } from "./run-spec.ts";
import { type Surroundings, type UnlikeSurroundings, unlikeSurroundings } from "./surroundings.ts";

const RUN_ONCE = fileURLToPath(new URL("./run-once.ts", import.meta.url));
/** Programs that print the time in seconds must see another one. */
const BETWEEN_RUNS_MILLIS = 2_000;

export interface ProgramCheck extends Pick<UnlikeSurroundings, "varied" | "same" | "hidden"> {
  readonly first: RunReport;
  readonly second: RunReport;
  /** Whether both runs came to the same result. */
  readonly agree: boolean;
}

/**
 * Runs a program twice in unlike surroundings and compares the digests of its results.
 * @throws CliError `interrupted`
 */
export async function checkProgram(
  spec: Omit<RunSpec, "workFolder">,
  signal: AbortSignal,
): Promise<ProgramCheck> {
  const folder = await mkdtemp(join(tmpdir(), "deco-check-"));
  const { first, second, ...differences } = unlikeSurroundings(spec.program);
  try {
    const one = await runIn(first, spec, join(folder, "one"), signal);
    await sleep(BETWEEN_RUNS_MILLIS, undefined, { signal });
    const two = await runIn(second, spec, join(folder, "two"), signal);
    const agree = one.kind === "completed" && two.kind === "completed" && one.digest === two.digest;
    return { first: one, second: two, agree, ...differences };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError("interrupted", "The check was interrupted.", { remedy: "Run it again." });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  { program, environment, wrapper }: Surroundings,
  spec: Omit<RunSpec, "workFolder">,
  workFolder: string,
  signal: AbortSignal,
): Promise<RunReport> {
  await mkdir(workFolder);
  const specFile = join(workFolder, "spec.json");
  await writeFile(specFile, JSON.stringify({ ...spec, program, workFolder }));
  const [command = process.execPath, ...args] = [...wrapper, process.execPath, RUN_ONCE, specFile];
  const child = spawn(command, args, {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const out: Buffer[] = [];
  const problems: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => problems.push(chunk));
  await once(child, "close");
  const text = Buffer.concat(out).toString();
  if (text !== "") return runReportSchema.parse(JSON.parse(text));
  const detail = Buffer.concat(problems).toString().trim().split("\n").at(-1) ?? "";
  return { kind: "refused", detail: `the run ended: ${detail}`, remedy: "See the detail." };
}
