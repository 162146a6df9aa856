import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

import { circuitsFolder } from "../../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { runProcess } from "../../../scripts/lib/run-process.ts";

/** Compiles one template by itself, so that it can be asked alone. */
export async function compileProbe(
  folder: string,
  includes: string,
  main: string,
): Promise<{ readonly r1cs: string; readonly wasm: string }> {
  await mkdir(folder, { recursive: true });
  const source = `pragma circom 2.2.0;\n${includes}\ncomponent main = ${main};\n`;
  await writeFile(join(folder, "probe.circom"), source);
  const path = (absolute: string) => relative(projectRoot, absolute);
  const args = [
    createRequire(import.meta.url).resolve("circom2/cli.js"),
    ...[path(join(folder, "probe.circom")), "--O1", "--r1cs", "--wasm"],
    ...["-l", "node_modules", "-l", path(circuitsFolder), "-o", path(folder)],
  ];
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: projectRoot });
  if (code !== 0) throw new RangeError(stdout + stderr);
  return { r1cs: join(folder, "probe.r1cs"), wasm: join(folder, "probe_js", "probe.wasm") };
}
