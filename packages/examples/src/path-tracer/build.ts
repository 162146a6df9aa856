import { readdir, readFile, writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";
import { PathTracerError } from "./errors.ts";
import { MODULE_FILE, readModule } from "./module-file.ts";

const PROGRAM = new URL("./program/", import.meta.url);

/** `compile-failed` (the remedy carries the compiler's report) or `module-differs`. */
class BuildError extends PathTracerError {
  override readonly name = "BuildError";
  declare readonly code: "compile-failed" | "module-differs";
}

/**
 * Compiles the path tracer from source, in memory. The same source and compiler version give the
 * same bytes on every machine.
 * @throws BuildError `compile-failed`
 */
export async function compileModule(): Promise<Uint8Array> {
  const names = (await readdir(PROGRAM)).filter((name) => name.endsWith(".ts"));
  const sources = new Map<string, string>();
  for (const name of names) sources.set(name, await readFile(new URL(name, PROGRAM), "utf8"));

  let compiled: Uint8Array | undefined;
  const options = [
    ...["index.ts", "--outFile", "path-tracer.wasm", "--baseDir", "/"],
    // Nothing is ever freed, so there is no collector to carry or to meter.
    ...["-O3", "--noAssert", "--runtime", "stub"],
    // The only import namespace is WASI: no `env.abort`, no `env.seed`.
    ...["--use", "abort=wasi/abort", "--exportStart", "_start"],
  ];
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") compiled = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === undefined) {
    throw new BuildError("compile-failed", "the path tracer does not compile", stderr.toString());
  }
  return compiled;
}

if (import.meta.main) {
  const compiled = await compileModule();
  if (!process.argv.includes("--check")) {
    await writeFile(MODULE_FILE, compiled);
  } else if (Buffer.compare(compiled, await readModule()) !== 0) {
    throw new BuildError(
      "module-differs",
      "path-tracer.wasm is not what its source compiles to",
      "run build.ts without --check and commit the module",
    );
  }
  process.stdout.write(`path-tracer.wasm: ${compiled.length} bytes\n`);
}
