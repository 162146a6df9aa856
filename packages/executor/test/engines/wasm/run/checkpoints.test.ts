import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Execution } from "../../../../src/engines/engine.ts";
import {
  type KeptCheckpoint,
  keepBytes,
  newestKept,
} from "../../../../src/engines/kept-checkpoints.ts";
import { makeTree, NEVER, prepared, scratchFolder } from "../support/prepared.ts";

// The longest Collatz chain below a limit; it keeps a checkpoint each 50,000 starts.
const COLLATZ = new URL("../../../../../examples/src/collatz/collatz.wasm", import.meta.url);
const FUEL = 100_000_000_000n;

async function collatz(limit: number) {
  const inputFolder = await makeTree({ "limit.txt": String(limit) });
  return await prepared(
    await readFile(COLLATZ),
    {
      limits: { fuel: String(FUEL) },
      checkpoint: { intervalSeconds: 1, bytes: 1_024 },
      stdout: false,
    },
    { inputFolder },
  );
}

async function run(
  program: Awaited<ReturnType<typeof collatz>>,
  folder: string,
  resume?: KeptCheckpoint,
) {
  const kept: KeptCheckpoint[] = [];
  const outputFolder = await scratchFolder();
  const spec = { folder, everyMillis: 0, onKept: (each: KeptCheckpoint) => void kept.push(each) };
  const checkpoint = { ...spec, ...(resume && { resume }) };
  const execution = await program.run({ outputFolder, checkpoint }, NEVER);
  if (execution.kind !== "completed") throw new TypeError(execution.detail);
  const [name] = await readdir(outputFolder);
  const text = name === undefined ? "" : await readFile(join(outputFolder, name), "utf8");
  return { execution, kept, text };
}

const fuelOf = ({ measurements }: Execution) => measurements.fuelUsed ?? 0n;

test("a run goes on from its last checkpoint to the same outputs, and does only what is left", async () => {
  const folder = await scratchFolder();
  const program = await collatz(300_000);
  const whole = await run(program, folder);
  expect(whole.text).toBe("230631 443\n");
  expect(whole.kept.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);

  const resume = await newestKept(folder, { bytes: 1_024, fuel: FUEL });
  if (resume?.fuelUsed === undefined) return expect.unreachable();
  const rest = await run(program, folder, resume);
  expect(rest.text).toBe(whole.text);
  expect(rest.kept).toEqual([]);
  expect(fuelOf(rest.execution) * 4n).toBeLessThan(fuelOf(whole.execution));
  // Starting and reading the checkpoint come on top.
  const together = resume.fuelUsed + fuelOf(rest.execution);
  expect(together).toBeGreaterThan(fuelOf(whole.execution));
  expect(together).toBeLessThan(fuelOf(whole.execution) + 2_000_000n);
});

test("the fuel that was used before counts: a run from a checkpoint has what is left", async () => {
  const folder = await scratchFolder();
  const program = await collatz(300_000);
  const state = Buffer.alloc(24);
  for (const [place, value] of [1n, 1n, 1n].entries()) state.writeBigUInt64LE(value, 8 * place);
  const resume = keepBytes(folder, state, { sequence: 4, fuelUsed: FUEL - 1_000n });
  const { execution } = await run(program, folder, resume);
  expect(execution).toMatchObject({ fault: "fuel", outputBytes: 0 });
  expect(fuelOf(execution)).toBe(1_000n);
});

test("whether checkpoints are kept changes nothing that a program sees", async () => {
  const program = await collatz(200_000);
  const kept = await run(program, await scratchFolder());
  const outputFolder = await scratchFolder();
  const unkept = await program.run({ outputFolder }, NEVER);
  expect(fuelOf(unkept)).toBe(fuelOf(kept.execution));
});

test("a checkpoint that cannot be kept ends nothing", async () => {
  const program = await collatz(200_000);
  const folder = join(await scratchFolder(), "taken");
  await writeFile(folder, "");
  const unkept: string[] = [];
  const outputFolder = await scratchFolder();
  const onUnkept = (detail: string) => void unkept.push(detail);
  const checkpoint = { folder, everyMillis: 0, onUnkept };
  expect(await program.run({ outputFolder, checkpoint }, NEVER)).toMatchObject({ exitCode: 0 });
  expect(unkept).toHaveLength(3);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["noise", Buffer.from("../../etc/passwd")],
  ["numbers that cannot be", Buffer.alloc(24, 0xff)],
])("the example begins anew when its checkpoint holds %s", async (_, content) => {
  const folder = await scratchFolder();
  const resume = keepBytes(folder, content, { sequence: 1, fuelUsed: 1n });
  const { text } = await run(await collatz(100_000), folder, resume);
  expect(text).toBe("77031 351\n");
});
