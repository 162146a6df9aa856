import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "./support/assembly-script.ts";
import { makeTree, scratchFolder, wasmProgram } from "./support/prepared.ts";
import { WITNESS } from "./support/witness.ts";

const SCRIPT = fileURLToPath(new URL("./support/run-process.ts", import.meta.url));

interface Printed {
  readonly kind: string;
  readonly exitCode: number;
  readonly stdout: Record<string, number>;
  readonly outputBytes: number;
  readonly measurements: { readonly fuelUsed: string };
}

/** Runs the witness in a process with other surroundings and returns what must not change. */
async function runElsewhere(
  module: Uint8Array,
  env: Record<string, string>,
  flags: readonly string[],
) {
  const folder = await scratchFolder();
  const artifact = join(folder, "program.wasm");
  await writeFile(artifact, module);
  const input = await makeTree({ "a/scene.txt": "spheres" });
  const output = await scratchFolder();
  const document = JSON.stringify(wasmProgram({ env: { NAME: "value" } }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, SCRIPT, artifact, input, output, document],
    { env, cwd: folder },
  );
  const printed = JSON.parse(stdout) as Printed;
  return {
    kind: printed.kind,
    exitCode: printed.exitCode,
    outputBytes: printed.outputBytes,
    fuelUsed: printed.measurements.fuelUsed,
    stdout: Buffer.from(Object.values(printed.stdout)).toString(),
    result: await readFile(join(output, "result.txt"), "utf8"),
  };
}

describe("a result does not depend on", () => {
  let witness: Uint8Array;
  let expected: Awaited<ReturnType<typeof runElsewhere>>;
  beforeAll(async () => {
    witness = await compile(WITNESS);
    expected = await runElsewhere(witness, {}, []);
  });

  test("anything: it is complete", () => {
    expect(expected).toMatchObject({ kind: "completed", exitCode: 0, result: "done" });
    expect(expected.stdout).toContain("in: spheres");
    expect(expected.stdout).toContain(`nan: ${0x7ff8000000000000n}`);
    expect(expected.stdout).toContain("memory: ");
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["time zone, language, host name and user", { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", HOSTNAME: "other", USER: "x", HOME: "/" }, []],
    ["the baseline compiler alone", {}, ["--liftoff-only"]],
    ["the optimising compiler alone", {}, ["--no-liftoff", "--no-wasm-tier-up"]],
    ["inlining", {}, ["--no-wasm-inlining"]],
    ["bounds checks in software", {}, ["--no-wasm-trap-handler"]],
  ])("%s", async (_what, env, flags) => {
    expect(await runElsewhere(witness, env, flags)).toEqual(expected);
  });
});
