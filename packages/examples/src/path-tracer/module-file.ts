import { readFile } from "node:fs/promises";

/** Where the compiled module lies; `build.ts` makes it. */
export const MODULE_FILE = new URL("./path-tracer.wasm", import.meta.url);

/** The committed module. */
export async function readModule(): Promise<Uint8Array> {
  return new Uint8Array(await readFile(MODULE_FILE));
}
