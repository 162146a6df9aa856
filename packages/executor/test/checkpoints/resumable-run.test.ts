import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runResumable } from "../../src/checkpoints/resumable-run.ts";
import type { Execution } from "../../src/engines/engine.ts";
import {
  type CheckpointSpec,
  type KeptCheckpoint,
  keepBytes,
} from "../../src/engines/kept-checkpoints.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { wasmProgram } from "../engines/wasm/support/prepared.ts";

const NEVER = new AbortController().signal;
const none = new Uint8Array();
const measurements = { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 };
const COMPLETED: Extract<Execution, { kind: "completed" }> = {
  kind: "completed",
  ...{ exitCode: 0, stdout: none, stderr: none, outputBytes: 0, measurements },
};
const abstained = (reason: "limit-exceeded" | "killed" | "engine-unavailable") =>
  ({ kind: "abstained", reason, detail: "", measurements }) as const;

describe("a run of a program that keeps checkpoints", () => {
  let root: string;
  let folder: string;
  const program = wasmProgram({ checkpoint: { intervalSeconds: 5, bytes: 100 } });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "deco-resumable-"));
    folder = join(root, "kept");
  });
  afterEach(() => rm(root, { recursive: true }));

  const keep = (text: string) =>
    keepBytes(folder, Buffer.from(text), { sequence: 1, fuelUsed: 5n });

  /** Runs with what others left; tells what each run went on from. */
  async function lived(
    ends: (from: string | undefined) => Execution,
    inherited: () => Promise<KeptCheckpoint | undefined> = async () => undefined,
    of = program,
  ) {
    const from: (string | undefined)[] = [];
    const run = async (spec: CheckpointSpec | undefined) => {
      const state = spec?.resume && (await readFile(spec.resume.path, "utf8"));
      from.push(state);
      return ends(state);
    };
    const checkpoints = { inherited, kept: () => undefined };
    const logger = createLogger("silent");
    const execution = await runResumable({ program: of, folder, checkpoints, logger }, run, NEVER);
    return { execution, from };
  }

  it("begins at the beginning when there is none", async () => {
    expect(await lived(() => COMPLETED)).toEqual({ execution: COMPLETED, from: [undefined] });
  });

  it("goes on from its own after a crash, and asks nobody else", async () => {
    keep("own");
    const asked = () => expect.unreachable("asked for another's");
    expect((await lived(() => COMPLETED, asked)).from).toEqual(["own"]);
  });

  it("goes on from another's where that is allowed", async () => {
    const { from } = await lived(
      () => COMPLETED,
      async () => keep("theirs"),
    );
    expect(from).toEqual(["theirs"]);
  });

  it.each<[string, Execution]>([
    ["runs out of fuel", { ...COMPLETED, exitCode: 137, fault: "fuel" }],
    ["traps", { ...COMPLETED, exitCode: 134, fault: "trap" }],
    ["exits with an error", { ...COMPLETED, exitCode: 1 }],
    ["takes too long or too much", abstained("limit-exceeded")],
    ["is killed", abstained("killed")],
  ])("is done again from the beginning when what it went on from %s", async (_, poisoned) => {
    const { execution, from } = await lived(
      (state) => (state === undefined ? COMPLETED : poisoned),
      async () => keep("poison"),
    );
    expect({ execution, from }).toEqual({ execution: COMPLETED, from: ["poison", undefined] });
    expect(await readdir(root)).toEqual([]);
  });

  it("keeps its checkpoint when it was the engine that failed", async () => {
    keep("own");
    const { execution, from } = await lived(() => abstained("engine-unavailable"));
    expect(execution).toMatchObject({ reason: "engine-unavailable" });
    expect(from).toEqual(["own"]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("has none where its document asks for none", async () => {
    keep("own");
    expect((await lived(() => COMPLETED, undefined, wasmProgram())).from).toEqual([undefined]);
  });
});
