import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";

import type { ProgramDocument } from "@deco-network/sdk";
import { hashBytes } from "@deco-network/storage";

import { PAUSE_PATH } from "../engines/oci/holder/holder-image.ts";
import { pauseProgram } from "../engines/oci/holder/pause-program.ts";
import { buildImageArchive, createOciEngine, type OciRuntime } from "../engines/oci/index.ts";
import { ExecutorError } from "../errors.ts";

export interface ContainerChoice {
  /** `unix:///path` of the engine's socket. */
  readonly host: string;
  readonly runtime: OciRuntime;
}

/** Starting a container and taking it away again, or why it could not be measured. */
export type ContainerStart =
  | { readonly startMillis: number; readonly version: string }
  | { readonly unavailable: string };

/** The first one is slower than all that follow: the engine reads its own files. */
const WARM_UPS = 1;
const RUNS = 5;
/** A slow or busy engine is measured fewer times. */
const LONGEST_MILLIS = 4_000;
const MIB = 2 ** 20;

/** The median time of a container whose program ends at once, in the sandbox that tasks run in. */
export async function measureContainer(
  folder: string,
  { host, runtime }: ContainerChoice,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ContainerStart> {
  const architecture = arch() === "x64" ? "amd64" : arch() === "arm64" ? "arm64" : undefined;
  if (architecture === undefined) return { unavailable: `there is no program for ${arch()}` };
  const engine = createOciEngine({
    ...{ host, runtime, instanceId: `calibrate${randomBytes(6).toString("hex")}` },
  });
  const probe = await engine.probe(signal);
  if (!probe.available) return { unavailable: probe.reason };
  const { id, archive } = buildImageArchive({
    architecture,
    files: [
      { path: PAUSE_PATH.slice(1), type: "file", mode: 0o755, bytes: pauseProgram(architecture) },
    ],
  });
  await mkdir(folder, { recursive: true });
  const artifactPath = join(folder, "image.tar");
  await writeFile(artifactPath, archive);
  const program: ProgramDocument = {
    ...{ deco: "program/1", engine: "oci", env: {}, network: "none", stdout: false },
    image: { archive: (await hashBytes(archive)).cid, id },
    // With an argument the program ends, without one it sleeps.
    command: [PAUSE_PATH, "end"],
    limits: {
      ...{ memoryBytes: 16 * MIB, outputBytes: MIB, stdoutBytes: 0, diskBytes: MIB },
      ...{ wallSeconds: 60, cpuMillis: 1_000, pids: 32 },
    },
  };
  const prepared = await engine.prepare({ program, artifactPath, workFolder: folder }, signal);
  try {
    const millis: number[] = [];
    const started = performance.now();
    const isEnough = () =>
      millis.length === WARM_UPS + RUNS ||
      (millis.length > WARM_UPS && performance.now() - started > LONGEST_MILLIS);
    for (let run = 0; !isEnough(); run++) {
      say(`container ${run + 1} of at most ${WARM_UPS + RUNS}`);
      const outputFolder = join(folder, `out-${run}`);
      await mkdir(outputFolder);
      const began = performance.now();
      const execution = await prepared.run({ outputFolder }, signal);
      if (execution.kind !== "completed" || execution.exitCode !== 0) {
        throw new ExecutorError("engine-unavailable", "A container that only ends did not.", {
          remedy: "Look into the container engine's log, or calibrate with --no-containers.",
        });
      }
      millis.push(performance.now() - began);
    }
    const measured = millis.slice(WARM_UPS).sort((a, b) => a - b);
    return { startMillis: Math.ceil(measured[measured.length >> 1] ?? 0), version: probe.version };
  } finally {
    await prepared.close();
  }
}
