import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "./support/assembly-script.ts";
import { wasmProgram } from "./support/prepared.ts";
import { COMPILERS, runScript } from "./support/run-script.ts";
import { WITNESS } from "./support/witness.ts";

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
  const folder = await mkdtemp(join(tmpdir(), "deco-wasm-"));
  try {
    return await runIn(folder, module, env, flags);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  module: Uint8Array,
  env: Record<string, string>,
  flags: readonly string[],
) {
  const [artifact, input, output] = ["program.wasm", "in", "out"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(artifact, module);
  await mkdir(join(input, "a"), { recursive: true });
  await writeFile(join(input, "a/scene.txt"), "spheres");
  await mkdir(output);
  const document = JSON.stringify(wasmProgram({ env: { NAME: "value" } }));
  const args = [artifact, input, output, document];
  const stdout = await runScript("./run-process.ts", args, { env, flags });
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

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      "time zone, language, host name and user",
      { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", HOSTNAME: "other", USER: "x", HOME: "/" },
      [],
    ],
    ["the baseline compiler alone", {}, COMPILERS.baseline],
    ["the optimising compiler alone", {}, COMPILERS.optimising],
    ["inlining", {}, ["--no-wasm-inlining"]],
    ["bounds checks in software", {}, ["--disable-wasm-trap-handler"]],
  ])("%s", async (_what, env, flags) => {
    expect(await runElsewhere(witness, env, flags)).toEqual(expected);
  });
});
