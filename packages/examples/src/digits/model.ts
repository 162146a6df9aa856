import { readFile } from "node:fs/promises";
import * as z from "zod";

import { BIASES, type Network, WEIGHTS } from "./network.ts";

/** The model of this example's owner. */
export const modelFile = new URL("model.json", import.meta.url);

const within = (bits: number, count: number) =>
  z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** bits - 1),
    )
    .length(count);

const modelSchema = z.strictObject({
  weights: within(4, WEIGHTS),
  biases: within(12, BIASES),
  /** What makes the model's commitment hide it; its owner's alone. */
  salt: z.string().regex(/^[1-9][0-9]{0,75}$/),
});

/** A network with the salt of its commitment. */
export type Model = Network & { readonly salt: string };

/**
 * Reads a model; by default the example's.
 * @throws when the file is none
 */
export async function loadModel(file: string | URL = modelFile): Promise<Model> {
  return modelSchema.parse(JSON.parse(await readFile(file, "utf8")));
}
