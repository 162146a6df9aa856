import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProgramDocument } from "@deco-network/sdk";
import Docker from "dockerode";
import { describe, expect, onTestFinished } from "vitest";
import type {
  Engine,
  Execution,
  PreparedProgram,
  RunSpec,
} from "../../../../src/engines/engine.ts";
import {
  createOciEngine,
  type OciEngineOptions,
  type OciRuntime,
} from "../../../../src/engines/oci/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type OciProgram = Extract<ProgramDocument, { engine: "oci" }>;

/** The container engine that the tests use; the runner starts a private one. */
export const HOST = process.env["DOCKER_HOST"];

/** Tests that need a container engine; without one they are listed as skipped. */
export function describeWithEngine(name: string, tests: () => void): void {
  // Generous: on a busy machine a container takes seconds, and nothing here waits for the clock.
  describe.skipIf(HOST === undefined)(name, { timeout: 120_000 }, tests);
}

/** The same for tests that some runtimes cannot pass, which are then listed as skipped too. */
describeWithEngine.skipIf =
  (condition: boolean) =>
  (name: string, tests: () => void): void => {
    describe.skipIf(HOST === undefined || condition)(name, { timeout: 120_000 }, tests);
  };

/** The runtime to test with, where the engine has more than one. */
const RUNTIME = process.env["DECO_TEST_RUNTIME"] as OciRuntime | undefined;

export const SIGNAL = new AbortController().signal;

/** An image with busybox, and its id. */
export const BUSYBOX = {
  archive: fileURLToPath(
    new URL("../../../../../examples/src/csv-report/image.tar", import.meta.url),
  ),
  get id(): string {
    const program = new URL("../../../../../examples/src/csv-report/program.json", import.meta.url);
    return (JSON.parse(readFileSync(program, "utf8")) as { image: { id: string } }).image.id;
  },
};

const MIB = 1024 ** 2;
const LIMITS = {
  memoryBytes: 64 * MIB,
  outputBytes: MIB,
  stdoutBytes: 65_536,
  wallSeconds: 60,
  cpuMillis: 2000,
  pids: 64,
  diskBytes: MIB,
};

export function docker(): Docker {
  return new Docker({ socketPath: HOST?.replace("unix://", "") ?? "" });
}

/** A program that runs a shell script in busybox. */
export function script(text: string, change: Partial<OciProgram["limits"]> = {}): OciProgram {
  return {
    deco: "program/1",
    engine: "oci",
    image: {
      archive: "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q",
      id: BUSYBOX.id,
    },
    command: ["/bin/busybox", "sh", "-c", text],
    env: {},
    limits: { ...LIMITS, ...change },
    network: "none",
    stdout: true,
  };
}

export interface TestEngine {
  readonly engine: Engine;
  readonly instanceId: string;
}

/** An engine of the test's own; what it leaves behind fails the test. */
export function testEngine(options: Partial<OciEngineOptions> = {}): TestEngine {
  const instanceId = options.instanceId ?? `test${randomBytes(6).toString("hex")}`;
  const runtime = RUNTIME === undefined ? {} : { runtime: RUNTIME };
  const engine = createOciEngine({ instanceId, host: HOST ?? "", ...runtime, ...options });
  onTestFinished(async () => {
    expect(await leftovers(instanceId)).toEqual({ containers: 0, volumes: 0, images: 0 });
  });
  return { engine, instanceId };
}

/** What an instance has in the container engine. */
export async function leftovers(instanceId: string) {
  const filters = { label: [`network.deco.instance=${instanceId}`] };
  const reference = [`deco.local/${instanceId}`];
  const containers = await docker().listContainers({ all: true, filters });
  const { Volumes } = await docker().listVolumes({ filters });
  const images = await docker().listImages({ filters: { reference } });
  return { containers: containers.length, volumes: Volumes?.length ?? 0, images: images.length };
}

export interface Prepared {
  readonly program: PreparedProgram;
  run(item?: RunSpec["item"], signal?: AbortSignal, more?: Partial<RunSpec>): Promise<Ran>;
}

export interface Ran {
  readonly execution: Execution;
  readonly outputFolder: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Prepares a program and closes it with the test. */
export async function prepare(
  program: OciProgram,
  {
    engine = testEngine().engine,
    inputFolder,
    artifactPath = BUSYBOX.archive,
  }: {
    engine?: Engine;
    inputFolder?: string;
    artifactPath?: string;
  } = {},
): Promise<Prepared> {
  const folder = await temporaryFolder();
  const workFolder = join(folder, "work");
  const input = inputFolder === undefined ? {} : { inputFolder };
  const prepared = await engine.prepare({ program, artifactPath, workFolder, ...input }, SIGNAL);
  onTestFinished(() => prepared.close());
  let runs = 0;
  return {
    program: prepared,
    async run(item, signal = SIGNAL, more = {}) {
      runs += 1;
      const outputFolder = join(folder, `out${runs}`);
      await mkdir(outputFolder);
      const execution = await prepared.run(
        { outputFolder, ...(item && { item }), ...more },
        signal,
      );
      const text = (stream: "stdout" | "stderr") =>
        execution.kind === "completed" ? Buffer.from(execution[stream]).toString() : "";
      return { execution, outputFolder, stdout: text("stdout"), stderr: text("stderr") };
    },
  };
}

/** Runs a shell script once. */
export async function runScript(
  text: string,
  limits: Partial<OciProgram["limits"]> = {},
): Promise<Ran> {
  return await (await prepare(script(text, limits))).run();
}

/** An input folder with one file. */
export async function inputWith(name: string, content: string): Promise<string> {
  const folder = join(await temporaryFolder(), "input");
  await mkdir(folder);
  await chmod(folder, 0o755);
  await writeFile(join(folder, name), content);
  return folder;
}

export async function output(ran: Ran, name: string): Promise<string> {
  return await readFile(join(ran.outputFolder, name), "utf8");
}
