import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWasmEngine } from "@deco-network/executor/wasm";
import { type ProgramDraft, resolveProgramDraft } from "@deco-network/sdk";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as encrypted from "../../src/encrypted/index.ts";
import { DEGREE, loadLibrary, parametersOf } from "../../src/encrypted/parameters.ts";
import { MODULE_FILE } from "../../src/encrypted/program.ts";

// The committed program in the real sandbox: metered, with the limits that its job asks for.

const MODULE = fileURLToPath(MODULE_FILE);
/** Where the module is stored does not matter to the engine. */
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

let table: encrypted.Table;
let model: encrypted.Model;
let sealed: encrypted.SealedTable;
let folder = "";

beforeAll(async () => {
  table = await encrypted.loadTable(encrypted.defaultTable);
  model = await encrypted.loadModel(encrypted.defaultModel, table);
  encrypted.checkRange(table, model);
  sealed = await encrypted.sealTable(table);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-encrypted-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Run {
  readonly exitCode: number;
  readonly stderr: string;
  readonly outputs: ReadonlyMap<string, Buffer>;
}

/** Runs the program as an executor would. */
async function run(
  files: ReadonlyMap<string, Uint8Array>,
  command = encrypted.programDraft(model).command,
): Promise<Run> {
  const signal = AbortSignal.timeout(240_000);
  const place = await mkdtemp(join(folder, "run-"));
  const [inputFolder, workFolder, outputFolder] = ["in", "work", "out"].map((name) =>
    join(place, name),
  ) as [string, string, string];
  for (const each of [inputFolder, workFolder, outputFolder]) await mkdir(each);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(inputFolder, path)), { recursive: true });
    await writeFile(join(inputFolder, path), bytes);
  }
  const draft = { ...encrypted.programDraft(model), command } as ProgramDraft;
  const program = resolveProgramDraft(draft, ANY_CID);
  const spec = { program, artifactPath: MODULE, inputFolder, workFolder };
  const prepared = await createWasmEngine().prepare(spec, signal);
  try {
    const execution = await prepared.run({ outputFolder }, signal);
    if (execution.kind !== "completed") return expect.unreachable(execution.detail);
    const outputs = new Map<string, Buffer>();
    for (const entry of await readdir(outputFolder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      outputs.set(file.slice(outputFolder.length + 1), await readFile(file));
    }
    const { exitCode, stderr } = execution;
    return { exitCode, stderr: Buffer.from(stderr).toString(), outputs };
  } finally {
    await prepared.close();
  }
}

function opened(secret: encrypted.TableSecret, outputs: ReadonlyMap<string, Uint8Array>) {
  return encrypted.openAnswer(secret, async (path) => {
    const bytes = outputs.get(path);
    if (bytes === undefined) throw new RangeError(path);
    return bytes;
  });
}

function without(...names: readonly string[]): Map<string, Uint8Array> {
  return new Map([...sealed.files].filter(([name]) => !names.includes(name)));
}

describe("a table that the program cannot read", { timeout: 300_000 }, () => {
  it("gives the statistics and scores of the open table, and the same bytes to every replica", async () => {
    const first = await run(sealed.files);
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect([...first.outputs.keys()].sort()).toEqual([
      "scores.seal",
      ...["00", "01", "02"].map((column) => `squares/${column}.seal`),
      ...["00", "01", "02"].map((column) => `sums/${column}.seal`),
    ]);
    const answer = await opened(sealed.secret, first.outputs);
    expect(answer).toEqual(encrypted.plainAnswer(table, model));
    const second = await run(sealed.files);
    expect(second).toEqual(first);
  });

  it("opens under its own key only, and not when something else was agreed on", async () => {
    const { outputs } = await run(sealed.files);
    const other = await encrypted.sealTable(table);
    await expect(opened(other.secret, outputs)).rejects.toMatchObject({
      code: "result-unreadable",
    });
    const scores = outputs.get("scores.seal") as Buffer;
    const swapped = new Map(outputs).set("sums/00.seal", scores);
    await expect(opened(sealed.secret, swapped)).rejects.toMatchObject({
      code: "result-unreadable",
      message: expect.stringContaining("holds no sum"),
    });
    const cut = new Map(outputs).set("scores.seal", scores.subarray(0, 1_000));
    await expect(opened(sealed.secret, cut)).rejects.toMatchObject({ code: "result-unreadable" });
    const partial = new Map(outputs);
    partial.delete("squares/02.seal");
    await expect(opened(sealed.secret, partial)).rejects.toMatchObject({
      code: "result-incomplete",
    });
  });
});

describe("what the program refuses, by its exit code", { timeout: 300_000 }, () => {
  it.each([
    [2, ["encrypted"], "a bias and 1 to 32 weights are needed"],
    [2, ["encrypted", "1", "two"], "two is not an integer"],
    [2, ["encrypted", "1", "99999999999999999999"], "is not an integer"],
    [2, ["encrypted", "7", "0", "0"], "a model whose weights are all zero"],
  ] as const)("%i: arguments %j", async (exitCode, command, words) => {
    const refused = await run(sealed.files, [...command]);
    expect(refused).toMatchObject({ exitCode, outputs: new Map() });
    expect(refused.stderr).toContain(words);
  });

  it("3: files that are missing", async () => {
    for (const name of ["parameters.seal", "rotation-keys.seal", "columns/00.seal"]) {
      const refused = await run(without(name));
      expect(refused).toMatchObject({ exitCode: 3, stderr: `${name} is missing\n` });
    }
  });

  it("3: parameters that do not have 128 bits of security", async () => {
    const seal = await loadLibrary();
    using parameters = parametersOf(seal);
    // Eight bits more than the degree allows.
    const primes = Int32Array.from([56, 56, 56, 58]);
    parameters.setCoeffModulus(seal.CoeffModulus.Create(DEGREE, primes));
    const weak = Uint8Array.from(parameters.saveToArray(seal.ComprModeType.none));
    const refused = await run(new Map(sealed.files).set("parameters.seal", weak));
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain("parameters are refused");
  });

  it("5: what the library refuses, and 134 a stream that ends too early", async () => {
    const column = sealed.files.get("columns/00.seal") as Uint8Array;
    const keys = sealed.files.get("relinearisation-keys.seal") as Uint8Array;
    const flipped = Uint8Array.from(column);
    flipped.fill(0xff, 3_000, 3_008);
    const refusal = "refused by the library";
    for (const [exitCode, words, wrong] of [
      [5, refusal, keys],
      [5, refusal, flipped],
      // The standard library was built without exceptions: it traps, which is a result too.
      [134, "", column.subarray(0, 5_000)],
    ] as const) {
      const refused = await run(new Map(sealed.files).set("columns/00.seal", wrong));
      expect(refused.exitCode).toBe(exitCode);
      expect(refused.stderr).toContain(words);
    }
  });
});
