import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Hash } from "viem";
import * as z from "zod";

import { CircuitError } from "./errors.ts";

const MAX_BYTES = 2 ** 24;
const number = z.string().regex(/^(0|[1-9][0-9]{0,77})$/);
type Signal = string | Signal[];
const signal: z.ZodType<Signal> = z.lazy(() => z.union([number, z.array(signal).max(2 ** 20)]));
/** The binding is not among them: it is made for each task and provider. */
const signalsSchema = z.record(
  z.string().regex(/^(?!binding$)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/),
  signal,
);

export type Signals = z.infer<typeof signalsSchema>;

/**
 * The circuit's private signals: `signals.json` of the task's input, and what only this provider knows. What the input gives
 * does not replace the provider's own.
 * @throws CircuitError `signals-invalid`
 */
export async function readSignals(
  inputFolder: string | undefined,
  witnessFolder: string | undefined,
  circuit: Hash,
): Promise<Signals> {
  const given = inputFolder === undefined ? {} : await read(join(inputFolder, "signals.json"));
  const own = witnessFolder === undefined ? {} : await read(join(witnessFolder, `${circuit}.json`));
  return { ...given, ...own };
}

async function read(path: string): Promise<Signals> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    throw invalid("they cannot be read", cause);
  }
  if (bytes.length > MAX_BYTES) throw invalid(`they have more than ${MAX_BYTES} bytes`);
  try {
    return signalsSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw invalid("they are no object of decimal strings", cause);
  }
}

function invalid(why: string, cause?: unknown): CircuitError {
  return new CircuitError("signals-invalid", `The signals cannot be used: ${why}.`, {
    reason: "input-unavailable",
    remedy: "Write signals.json as an object of decimal strings, or lists of them.",
    cause,
  });
}
