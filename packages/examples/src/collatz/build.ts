import { readFile } from "node:fs/promises";

import { compileModule, writeOrCheck } from "../compile-module.ts";

/** The compiled program. */
export const MODULE_FILE = new URL("./collatz.wasm", import.meta.url);

const SOURCES = {
  "index.ts": new URL("./program/index.ts", import.meta.url),
  // One set of WASI calls for all AssemblyScript examples.
  "wasi.ts": new URL("../path-tracer/program/wasi.ts", import.meta.url),
};

/**
 * Compiles the program from its source.
 * @throws BuildError `compile-failed`
 */
export async function compileCollatz(): Promise<Uint8Array> {
  const sources = new Map<string, string>();
  for (const [name, file] of Object.entries(SOURCES))
    sources.set(name, await readFile(file, "utf8"));
  return compileModule("collatz", sources);
}

if (import.meta.main) await writeOrCheck(MODULE_FILE, await compileCollatz());
