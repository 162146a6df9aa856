import { readdir, readFile } from "node:fs/promises";

import { compileModule, writeOrCheck } from "../compile-module.ts";
import { MODULE_FILE } from "./module-file.ts";

const PROGRAM = new URL("./program/", import.meta.url);

/**
 * Compiles the path tracer from its source.
 * @throws BuildError `compile-failed`
 */
export async function compilePathTracer(): Promise<Uint8Array> {
  const names = (await readdir(PROGRAM)).filter((name) => name.endsWith(".ts"));
  const sources = new Map<string, string>();
  for (const name of names) sources.set(name, await readFile(new URL(name, PROGRAM), "utf8"));
  return compileModule("path-tracer", sources);
}

if (import.meta.main) await writeOrCheck(MODULE_FILE, await compilePathTracer());
