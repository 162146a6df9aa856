import { rm } from "node:fs/promises";

import type { ProgramDocument } from "@deco-network/sdk";

import type { Execution } from "../engines/engine.ts";
import {
  type CheckpointSpec,
  type KeptCheckpoint,
  newestKept,
} from "../engines/kept-checkpoints.ts";
import type { Logger } from "../runtime/logger.ts";

/** Where a run's checkpoints come from and go to, beside its own folder. */
export interface RunCheckpoints {
  /** Asked where the run has none of its own: one that was logged and may be gone on from. */
  inherited(
    program: ProgramDocument,
    folder: string,
    signal: AbortSignal,
  ): Promise<KeptCheckpoint | undefined>;
  /** Told of each that is kept; must not throw. */
  kept(program: ProgramDocument, kept: KeptCheckpoint): void;
}

export interface ResumableRun {
  readonly program: ProgramDocument;
  /** Of this run alone; survives the process. */
  readonly folder: string;
  readonly checkpoints: RunCheckpoints;
  /** For people: which run it is. */
  readonly logger: Logger;
}

/**
 * Runs a program from its newest checkpoint, if it has one. A run that went on from one counts only when it ends
 * as well as can be (exit code 0, no fault): anything else is done again from the beginning, so that no state, whoever it came
 * from, makes a program fail that does not fail by itself.
 * @param run Runs it once.
 */
export async function runResumable(
  { program, folder, checkpoints, logger }: ResumableRun,
  run: (checkpoint: CheckpointSpec | undefined) => Promise<Execution>,
  signal: AbortSignal,
): Promise<Execution> {
  if (!("checkpoint" in program) || program.checkpoint === undefined) return await run(undefined);
  const { bytes, intervalSeconds } = program.checkpoint;
  const fuel = program.engine === "wasm" && { fuel: BigInt(program.limits.fuel) };
  const own = await newestKept(folder, { bytes, ...fuel });
  const resume = own ?? (await checkpoints.inherited(program, folder, signal));
  const spec: CheckpointSpec = {
    folder,
    everyMillis: intervalSeconds * 1_000,
    onKept: (kept) => checkpoints.kept(program, kept),
    onUnkept: (detail) =>
      logger.warn({ code: "checkpoint-unkept", detail }, "A checkpoint could not be kept."),
  };
  if (!resume) return await run(spec);
  const { sequence, fuelUsed } = resume;
  const from = {
    sequence,
    bytes: resume.bytes,
    fuelUsed: fuelUsed?.toString(),
    own: own !== undefined,
  };
  logger.info({ code: "checkpoint-resumed", ...from }, "A run goes on from a checkpoint.");
  const execution = await run({ ...spec, resume });
  if (isSound(execution)) return execution;
  const ended =
    execution.kind === "abstained" ? execution.reason : (execution.fault ?? "exit-code");
  logger.warn(
    { code: "checkpoint-dropped", sequence, ended },
    "A run from a checkpoint failed, and is done again from the beginning.",
  );
  await rm(folder, { recursive: true, force: true });
  return await run(spec);
}

/** Whether it is to be believed, or says nothing about the checkpoint. */
function isSound(execution: Execution): boolean {
  if (execution.kind === "abstained") return execution.reason === "engine-unavailable";
  return execution.exitCode === 0 && execution.fault === undefined;
}
