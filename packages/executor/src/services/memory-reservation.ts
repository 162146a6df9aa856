import { memoryReservationBytes, sandboxLimits } from "../engines/oci/sandbox/limits.ts";
import type { TaskMaterial } from "./fetch-task.ts";

/** The largest item of a bag: one block. */
const ITEM_BYTES = 2 ** 20;

/**
 * Memory that one run may take of this machine, in bytes: not only what the program may allocate,
 * but also what its engine holds for it. A container's `/out` and `/tmp` are memory; the wasm host keeps input
 * and outputs.
 */
export function memoryReservation({ program, inputBytes, items }: TaskMaterial): number {
  if (program.engine === "oci") return memoryReservationBytes(sandboxLimits(program));
  if (program.engine !== "wasm") return program.limits.memoryBytes;
  const { memoryBytes, outputBytes, stdoutBytes } = program.limits;
  // The next one is written beside the current one.
  const checkpoints = 2 * (program.checkpoint?.bytes ?? 0);
  const held = outputBytes + stdoutBytes + checkpoints + inputBytes + (items ? ITEM_BYTES : 0);
  return memoryBytes + held;
}
