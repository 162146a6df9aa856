import { mkdir, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

import { projectRoot } from "../lib/project.ts";
import { runProcess } from "../lib/run-process.ts";
import { ToolError } from "../lib/tool-error.ts";
import { circuitsFolder, type PublishedCircuit } from "./circuits.ts";

/** What the compiler makes of a circuit. */
export interface Compiled {
  readonly r1cs: string;
  readonly wasm: string;
  readonly symbols: string;
}

/** Compiles a circuit into `folder`, which is made. The same source gives the same bytes on every machine. */
export async function compileCircuit(
  { name, optimisation }: Pick<PublishedCircuit, "name" | "optimisation">,
  folder: string,
): Promise<Compiled> {
  await mkdir(folder, { recursive: true });
  // circom2 runs in a WebAssembly sandbox that sees paths below the working folder only by relative names.
  const path = (absolute: string) => relative(projectRoot, absolute);
  const args = [
    createRequire(import.meta.url).resolve("circom2/cli.js"),
    path(join(circuitsFolder, "main", `${name}.circom`)),
    ...[`--${optimisation}`, "--r1cs", "--wasm", "--sym"],
    ...["-l", "node_modules", "-l", path(circuitsFolder), "-o", path(folder)],
  ];
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: projectRoot });
  if (code !== 0) {
    throw new ToolError({
      code: "CIRCUIT_INVALID",
      message: `circom refused ${name}: ${stdout}${stderr}`,
      remedy: "Mend the circuit.",
    });
  }
  const made = {
    r1cs: join(folder, `${name}.r1cs`),
    wasm: join(folder, `${name}.wasm`),
    symbols: join(folder, `${name}.sym`),
  };
  await rename(join(folder, `${name}_js`, `${name}.wasm`), made.wasm);
  return made;
}
