import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { ProgramDocument } from "@deco-network/sdk";
import type Docker from "dockerode";
import type { Engine } from "../../../src/engines/engine.ts";
import type { OciRuntime } from "../../../src/engines/oci/index.ts";
import { LIMITS } from "./bombs.ts";
import type { Machine } from "./machine.ts";

type OciProgram = Extract<ProgramDocument, { engine: "oci" }>;

export const SIGNAL = new AbortController().signal;

/** What every part of the suite works with. */
export interface Bench {
  readonly docker: Docker;
  readonly engine: Engine;
  readonly machine: Machine;
  readonly runtime: OciRuntime;
  readonly imageId: string;
  readonly archive: string;
  readonly folder: string;
}

export function program(
  { imageId, machine }: Bench,
  command: readonly string[],
  limits: Partial<typeof LIMITS> = {},
): OciProgram {
  return {
    ...{ deco: "program/1", engine: "oci", network: "none", stdout: true },
    image: {
      archive: "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q",
      id: imageId,
    },
    command: [...command],
    env: { ...machine.environment },
    limits: { ...LIMITS, wallSeconds: 120, ...limits },
  };
}

export interface Attempt {
  /** Standard output of a run that counts; empty for any other. */
  run(outputFolder?: string): Promise<string>;
  close(): Promise<void>;
}

export async function prepare(bench: Bench, document: OciProgram): Promise<Attempt> {
  const workFolder = await mkdtemp(join(bench.folder, "work-"));
  const { inputFolder } = bench.machine;
  const spec = { program: document, artifactPath: bench.archive, inputFolder, workFolder };
  const prepared = await bench.engine.prepare(spec, SIGNAL);
  return {
    async run(outputFolder = join(workFolder, "out")) {
      await mkdir(outputFolder);
      const execution = await prepared.run({ outputFolder }, SIGNAL);
      if (execution.kind !== "completed") return "";
      return Buffer.from(execution.stdout).toString();
    },
    close: () => prepared.close(),
  };
}
