import { readFile } from "node:fs/promises";

import type { ProgramDraft } from "@deco-network/sdk";

import type { Model } from "./model.ts";

/** The compiled program. */
export const MODULE_FILE = new URL("./encrypted.wasm", import.meta.url);
/** The module's name in the job's folder. */
export const MODULE_NAME = "encrypted.wasm";

const LIMITS = {
  memoryBytes: 64 * 2 ** 20,
  // Sums and squares of 32 columns, and the scores, at 262,257 bytes each.
  outputBytes: 18 * 2 ** 20,
  stdoutBytes: 0,
  wallSeconds: 300,
  // Six times what 32 columns take.
  fuel: "1000000000000",
};

/** The program document's draft: the model stands in its command, for every replica the same. */
export function programDraft({ bias, weights }: Model): ProgramDraft {
  return {
    deco: "program/1",
    engine: "wasm",
    module: { file: MODULE_NAME },
    command: ["encrypted", String(bias), ...weights.map(String)],
    limits: LIMITS,
  };
}

export async function readModule(): Promise<Uint8Array> {
  return readFile(MODULE_FILE);
}
