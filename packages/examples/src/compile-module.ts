import { readFile, writeFile } from "node:fs/promises";

import asc from "assemblyscript/asc";

import { BuildError } from "./build-error.ts";

/**
 * Compiles an AssemblyScript program to a WASI command, in memory. The same sources and compiler
 * version give the same bytes on every machine.
 * @param name of the program, for messages
 * @param sources by file name; `index.ts` is the program and `wasi.ts` its WASI calls
 * @throws BuildError `compile-failed`
 */
export async function compileModule(
  name: string,
  sources: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  let compiled: Uint8Array | undefined;
  const options = [
    ...["index.ts", "--outFile", `${name}.wasm`, "--baseDir", "/"],
    // Nothing is ever freed, so there is no collector to carry or to meter.
    ...["-O3", "--noAssert", "--runtime", "stub"],
    // The only import namespace is WASI: no `env.abort`, no `env.seed`.
    ...["--use", "abort=wasi/abort", "--exportStart", "_start"],
  ];
  const { error, stderr } = await asc.main(options, {
    readFile: (file) => sources.get(file) ?? null,
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") compiled = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error === null && compiled !== undefined) return compiled;
  throw new BuildError("compile-failed", `${name} does not compile`, stderr.toString());
}

/**
 * Writes a module, or with `--check` on the command line compares it with the committed one.
 * @throws BuildError `module-differs`
 */
export async function writeOrCheck(file: URL, compiled: Uint8Array): Promise<void> {
  if (!process.argv.includes("--check")) {
    await writeFile(file, compiled);
  } else if (Buffer.compare(compiled, await readFile(file)) !== 0) {
    throw new BuildError(
      "module-differs",
      `${file.pathname} is not what its source compiles to`,
      "run build.ts without --check and commit the module",
    );
  }
  process.stdout.write(`${file.pathname}: ${compiled.length} bytes\n`);
}
