import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramDocument } from "@deco-network/sdk";
import { createWasmEngine } from "../../../src/engines/wasm/index.ts";
import { assemble } from "../../engines/wasm/support/assemble.ts";
import { inPairs } from "../in-pairs.ts";
import type { Finding, SandboxReport } from "../report.ts";
import { runNaively } from "./naive-host.ts";
import { type ModuleProbe, moduleProbes } from "./probes.ts";

const SIGNAL = new AbortController().signal;
/** Exit code by which a module tells that its abuse has worked. */
const WON = 42;

const LIMITS = {
  memoryBytes: 16 * 1024 ** 2,
  outputBytes: 1024 ** 2,
  stdoutBytes: 65_536,
  wallSeconds: 30,
  fuel: "10000000",
  stackDepth: 2_000,
};

/** One attempt's outcome: its exit code and what it printed. */
interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Tries every module in the engine, and again in a host that gives whatever is asked for. */
export async function abuseWasm(): Promise<SandboxReport> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "deco-abuse-"));
  try {
    await mkdir(join(folder, "secret"));
    const secret = join(folder, "secret", "secret");
    await writeFile(secret, "deco-abuse\n");
    const findings = await inPairs([...moduleProbes(secret)], ([name, probe]) =>
      tried(name, probe, folder),
    );
    const millis = Math.round(performance.now() - began);
    return { sandbox: "wasm", version: `on V8 ${process.versions.v8}`, findings, millis };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tried(name: string, probe: ModuleProbe, folder: string): Promise<Finding> {
  const bytes = await assemble(probe.text);
  const place = join(folder, name);
  const [input, output] = [join(place, "in"), join(place, "out")];
  // Two folders below the secret's parent, as paths of the attempts say.
  for (const each of [join(input, "folder"), output]) await mkdir(each, { recursive: true });
  for (const file of ["given", "given2", "movable"]) await writeFile(join(input, file), "given\n");
  const once = () => inEngine(bytes, input, place);
  const naively = () => runNaively(bytes, { input, output });
  return {
    ...{ name, subject: probe.subject },
    succeeded: await worked(probe, once),
    shown: await worked(probe, naively),
    ...(name === "see-the-processor-by-nan" &&
      process.arch !== "x64" && { absent: "this processor makes the plain kind of NaN" }),
  };
}

async function worked(probe: ModuleProbe, run: () => Promise<Outcome>): Promise<boolean> {
  const first = await run();
  if (!probe.twice) return first.exitCode === WON;
  const second = await run();
  return first.stdout !== "" && first.stdout !== second.stdout;
}

async function inEngine(bytes: Uint8Array, inputFolder: string, folder: string): Promise<Outcome> {
  const artifactPath = join(folder, "module.wasm");
  await writeFile(artifactPath, bytes);
  const outputFolder = await mkdtemp(join(folder, "collected-"));
  const spec = { program: PROGRAM, artifactPath, inputFolder, workFolder: folder };
  let prepared: Awaited<ReturnType<ReturnType<typeof createWasmEngine>["prepare"]>>;
  try {
    prepared = await createWasmEngine().prepare(spec, SIGNAL);
  } catch (error) {
    // Refused before anybody claims; a failure of any other kind is one of this suite.
    if (error instanceof Error && "reason" in error && error.reason === "program-invalid") {
      return { exitCode: 0, stdout: "" };
    }
    throw error;
  }
  try {
    const execution = await prepared.run({ outputFolder }, SIGNAL);
    if (execution.kind !== "completed") return { exitCode: 0, stdout: "" };
    const stdout = Buffer.from(execution.stdout).toString("latin1");
    return { exitCode: execution.exitCode, stdout };
  } finally {
    await prepared.close();
  }
}

const PROGRAM: Extract<ProgramDocument, { engine: "wasm" }> = {
  ...{ deco: "program/1", engine: "wasm", command: ["abuse"], env: {} },
  module: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
  ...{ limits: LIMITS, network: "none", stdout: true },
};
