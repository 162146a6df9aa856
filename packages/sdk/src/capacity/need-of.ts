import type { ProgramDocument } from "../documents/program.ts";
import { memoryReservationBytes, sandboxLimits } from "./container-limits.ts";
import type { Need } from "./room.ts";

/** The largest item of a bag: one block. */
const ITEM_BYTES = 2 ** 20;
/** One core: what the engines give a program that does not name its processors. */
export const CORE_MILLIS = 1_000;

/** What decides how much one run takes; sizes that are not known yet count as nothing. */
export interface Runnable {
  readonly program: ProgramDocument;
  /** Size of the input's files. */
  readonly inputBytes?: number;
  readonly items?: unknown;
}

/**
 * What one run takes of a machine.
 * @param machine Whose processors bound what a program that names none is given.
 */
export function needOf(runnable: Runnable, machine: { readonly cpuMillis: number }): Need {
  const { program } = runnable;
  const { outputBytes, stdoutBytes } = program.limits;
  const accelerators = (program.engine === "oci" && program.accelerators) || [];
  return {
    cpuMillis:
      program.engine === "oci" ? cpuMillisOf(program) : Math.min(CORE_MILLIS, machine.cpuMillis),
    memoryBytes: memoryReservation(runnable),
    // Results, and the two checkpoints that are kept, are files until the run has ended.
    diskBytes: outputBytes + stdoutBytes + checkpointBytes(program),
    accelerators: accelerators.map(({ name, count, memoryBytes }) => ({
      ...{ name, count },
      ...(memoryBytes !== undefined && { memoryBytes }),
    })),
  };
}

/** Processor time that a program may take at once; 1000 is one core. */
export function cpuMillisOf(program: ProgramDocument): number {
  return program.engine === "oci" ? program.limits.cpuMillis : CORE_MILLIS;
}

/**
 * Memory that one run may take of this machine, in bytes: not only what the program may allocate,
 * but also what its engine holds for it. A container's `/out` and `/tmp` are memory; the wasm host keeps input
 * and outputs.
 */
export function memoryReservation({ program, inputBytes = 0, items }: Runnable): number {
  if (program.engine === "oci") return memoryReservationBytes(sandboxLimits(program));
  if (program.engine !== "wasm") return program.limits.memoryBytes;
  const { memoryBytes, outputBytes, stdoutBytes } = program.limits;
  const held = outputBytes + stdoutBytes + checkpointBytes(program) + inputBytes;
  return memoryBytes + held + (items ? ITEM_BYTES : 0);
}

/** The next one is written beside the current one. */
function checkpointBytes(program: ProgramDocument): number {
  return "checkpoint" in program ? 2 * (program.checkpoint?.bytes ?? 0) : 0;
}
