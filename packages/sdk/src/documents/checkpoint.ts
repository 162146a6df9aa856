import * as z from "zod";
import { bytes32, cid, decimal, integer } from "./fields.ts";

/**
 * A state from which a task's run can go on. Nothing in it tells who wrote it, so that providers whose runs
 * came to the same state name it by the same digest.
 */
export const checkpointSchema = z.strictObject({
  deco: z.literal("checkpoint/1"),
  task: bytes32,
  /** How many the run had completed, this one included. */
  sequence: integer(1, 10 ** 12),
  /** What the program left as `/checkpoint/current`. */
  state: z.strictObject({ cid, bytes: integer(0, 2 ** 30) }),
  /** Metered instructions since the beginning (wasm). */
  fuelUsed: decimal.exactOptional(),
});
export type CheckpointDocument = z.infer<typeof checkpointSchema>;
