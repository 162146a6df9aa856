import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWasmEngine } from "@deco-network/executor/wasm";
import { parseDocumentText, programDraftSchema, resolveProgramDraft } from "@deco-network/sdk";
import { expect, it } from "vitest";

const EXAMPLE = new URL("../../packages/examples/src/pi/", import.meta.url);
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

/** Runs the committed program as an executor would; `input` is the file that asks. */
async function digitsFor(input: string): Promise<{ exitCode: number; text?: string }> {
  const signal = AbortSignal.timeout(60_000);
  const folder = await mkdtemp(join(tmpdir(), "deco-pi-"));
  try {
    const [inputFolder, workFolder, outputFolder] = ["in", "work", "out"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    for (const each of [inputFolder, workFolder, outputFolder]) await mkdir(each);
    await writeFile(join(inputFolder, "digits.txt"), input);
    const json = await readFile(new URL("program.json", EXAMPLE), "utf8");
    const program = resolveProgramDraft(parseDocumentText(programDraftSchema, json), ANY_CID);
    const artifactPath = fileURLToPath(new URL("pi.wasm", EXAMPLE));
    const spec = { program, artifactPath, inputFolder, workFolder };
    const prepared = await createWasmEngine().prepare(spec, signal);
    try {
      const execution = await prepared.run({ outputFolder }, signal);
      if (execution.kind !== "completed") return expect.unreachable(execution.detail);
      const [name] = await readdir(outputFolder);
      const text =
        name === undefined ? {} : { text: await readFile(join(outputFolder, name), "utf8") };
      return { exitCode: execution.exitCode, ...text };
    } finally {
      await prepared.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it.each([
  ["1", "3.1\n"],
  ["10", "3.1415926535\n"],
  [" 50\n", "3.14159265358979323846264338327950288419716939937510\n"],
])("writes pi to %j digits", async (input, text) => {
  expect(await digitsFor(input)).toEqual({ exitCode: 0, text });
});

it("carries across nines: the six at the 762nd decimal, and the known end of a thousand", async () => {
  const { text = "" } = await digitsFor("1000");
  expect(text.slice(2 + 761, 2 + 767)).toBe("999999");
  expect(text.trimEnd().slice(-10)).toBe("2164201989");
});

it.each(["", "0", "10001", "abc", "-5"])("refuses %j", async (input) => {
  expect(await digitsFor(input)).toEqual({ exitCode: 2 });
});
