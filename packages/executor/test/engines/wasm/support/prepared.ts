import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramDocument } from "@deco-network/sdk";
import { onTestFinished } from "vitest";
import type { Execution, PreparedProgram } from "../../../../src/engines/engine.ts";
import { createWasmEngine, type WasmEngineOptions } from "../../../../src/engines/wasm/index.ts";

type WasmProgram = Extract<ProgramDocument, { engine: "wasm" }>;

export const NEVER = new AbortController().signal;

const PROGRAM: WasmProgram = {
  deco: "program/1",
  engine: "wasm",
  module: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
  command: ["program"],
  env: {},
  network: "none",
  stdout: true,
  limits: {
    memoryBytes: 2 ** 24,
    outputBytes: 2 ** 20,
    stdoutBytes: 2 ** 16,
    wallSeconds: 30,
    fuel: "100000000",
  },
};

export type ProgramChanges = Partial<Omit<WasmProgram, "limits">> & {
  readonly limits?: Partial<WasmProgram["limits"]>;
};

/** A program document with the changes that a test wants. */
export function wasmProgram(changes: ProgramChanges = {}): WasmProgram {
  return { ...PROGRAM, ...changes, limits: { ...PROGRAM.limits, ...changes.limits } };
}

/** A folder that is gone when the test ends. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "deco-wasm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Prepares a module in a scratch folder; closed when the test ends. */
export async function prepared(
  bytes: Uint8Array,
  changes: ProgramChanges = {},
  options: WasmEngineOptions & { readonly inputFolder?: string } = {},
): Promise<PreparedProgram> {
  const workFolder = await scratchFolder();
  const artifactPath = join(workFolder, "program.wasm");
  await writeFile(artifactPath, bytes);
  const { inputFolder, ...engineOptions } = options;
  const program = await createWasmEngine(engineOptions).prepare(
    {
      program: wasmProgram(changes),
      artifactPath,
      workFolder,
      ...(inputFolder === undefined ? {} : { inputFolder }),
    },
    NEVER,
  );
  onTestFinished(() => program.close());
  return program;
}

export interface RunResult {
  readonly execution: Execution;
  /** Contents of the files in `/out`, by path. */
  readonly outputs: Record<string, string>;
}

/** Runs once, into a folder of its own. */
export async function run(
  program: PreparedProgram,
  item?: { readonly index: number; readonly text: string },
): Promise<RunResult> {
  const outputFolder = await scratchFolder();
  const execution = await program.run(
    item === undefined
      ? { outputFolder }
      : { outputFolder, item: { index: item.index, bytes: Buffer.from(item.text) } },
    NEVER,
  );
  return { execution, outputs: await readTree(outputFolder) };
}

/** The run, which must have counted as a result. */
export async function completed(
  program: PreparedProgram,
  item?: { readonly index: number; readonly text: string },
): Promise<Extract<Execution, { kind: "completed" }> & Pick<RunResult, "outputs">> {
  const { execution, outputs } = await run(program, item);
  if (execution.kind !== "completed") throw new TypeError(`abstained: ${execution.detail}`);
  return { ...execution, outputs };
}

export async function makeTree(files: Record<string, string>): Promise<string> {
  const folder = await scratchFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function readTree(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = await readFile(path, "utf8");
  }
  return files;
}
