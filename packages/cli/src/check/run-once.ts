import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { buildResult, type Engine } from "@deco-network/executor";
import { openStorage } from "@deco-network/storage";

import { type RunReport, type RunSpec, runSpecSchema } from "./run-spec.ts";

/** One run of a checked program, in a process of its own so that its surroundings can differ. */
const STDERR_BYTES = 4_096;
const signal = new AbortController().signal;

const [specFile = ""] = process.argv.slice(2);
const spec = runSpecSchema.parse(JSON.parse(await readFile(specFile, "utf8")));
process.stdout.write(`${JSON.stringify(await report(spec))}\n`);
// Worker threads and container connections must not hold the process.
process.exit(0);

async function report(spec: RunSpec): Promise<RunReport> {
  try {
    return await run(spec);
  } catch (error) {
    const { message, remedy } = error as { readonly message?: string; readonly remedy?: string };
    return {
      kind: "refused",
      detail: message ?? String(error),
      remedy: remedy ?? "See the detail.",
    };
  }
}

async function run({
  program,
  artefact,
  input,
  item,
  workFolder,
  docker,
}: RunSpec): Promise<RunReport> {
  const engine = await engineFor(program.engine, docker);
  const probe = await engine.probe(signal);
  if (!probe.available) return { kind: "refused", detail: probe.reason, remedy: probe.remedy };
  const outputFolder = join(workFolder, "out");
  const engineFolder = join(workFolder, "engine");
  await mkdir(outputFolder, { recursive: true });
  await mkdir(engineFolder, { recursive: true });
  const prepared = await engine.prepare(
    {
      ...{ program, workFolder: engineFolder },
      ...(artefact !== undefined && { artifactPath: artefact }),
      ...(input !== undefined && { inputFolder: input }),
    },
    signal,
  );
  try {
    const bytes = item === undefined ? undefined : new Uint8Array(await readFile(item));
    const execution = await prepared.run(
      { outputFolder, ...(bytes && { item: { index: 0, bytes } }) },
      signal,
    );
    if (execution.kind === "abstained") {
      return { kind: "abstained", reason: execution.reason, detail: execution.detail };
    }
    const storage = await openStorage({ peerToPeer: false });
    const digest = await buildResult(storage, program, execution, outputFolder, signal);
    await storage.close();
    const { exitCode, fault, outputBytes, stderr, measurements } = execution;
    return {
      ...{ kind: "completed", digest, exitCode, outputBytes },
      ...(fault && { fault }),
      stderr: new TextDecoder().decode(stderr.subarray(-STDERR_BYTES)),
      wallMillis: Math.round(measurements.wallMillis),
      ...(measurements.fuelUsed !== undefined && { fuelUsed: measurements.fuelUsed.toString() }),
    };
  } finally {
    await prepared.close();
  }
}

async function engineFor(name: string, docker: string | undefined): Promise<Engine> {
  if (name === "wasm") {
    const { createWasmEngine } = await import("@deco-network/executor/wasm");
    return createWasmEngine();
  }
  if (name !== "oci") throw new TypeError(`There is no engine for ${name} programs yet.`);
  const { createOciEngine } = await import("@deco-network/executor/oci");
  return createOciEngine({
    instanceId: `check${process.pid}`,
    ...(docker !== undefined && { host: docker }),
  });
}
