import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { checkRange, loadModel, plainAnswer } from "../../src/encrypted/model.ts";
import { LARGEST_VALUE, loadLibrary, parametersOf } from "../../src/encrypted/parameters.ts";
import { defaultTable, loadTable, parseTable } from "../../src/encrypted/table.ts";

describe("a table", () => {
  it("is read by columns", () => {
    expect(parseTable("a, b\n1,-2\r\n30,4\n\n")).toEqual({
      names: ["a", "b"],
      columns: [
        [1n, 30n],
        [-2n, 4n],
      ],
      rows: 2,
    });
  });

  it.each([
    ["", "is no name"],
    ["a,b", "there is no row"],
    ["a,a\n1,2", "stands twice"],
    ["a,b\n1", "1 values stand under 2 names"],
    ["a\n1.5", "not an integer"],
    ["a\n1234567890123456", "not an integer"],
    ["a b\n1", "is no name"],
    ["a\n1\n\n2", "not an integer"],
  ])("%j is refused", (text, words) => {
    expect(() => parseTable(text)).toThrow(
      expect.objectContaining({
        code: "table-malformed",
        message: expect.stringContaining(words),
      }),
    );
  });

  it("that has more rows than slots, or columns than outputs have room for, is refused", () => {
    expect(parseTable(`a\n${"1\n".repeat(8_192)}`).rows).toBe(8_192);
    expect(() => parseTable(`a\n${"1\n".repeat(8_193)}`)).toThrow(/more than 8192 rows/);
    const names = Array.from({ length: 33 }, (_, index) => `c${index}`).join(",");
    expect(() => parseTable(`${names}\n`)).toThrow(/more than 32 columns/);
  });

  it("that cannot be read is refused by its name", async () => {
    await expect(loadTable("/nowhere.csv")).rejects.toMatchObject({ code: "file-unreadable" });
  });
});

describe("a model", () => {
  const table = parseTable("a,b\n3,4\n-5,6");
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-model-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function model(content: unknown) {
    const file = join(folder, "model.json");
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return loadModel(file, table);
  }

  it("gives mean, variance and scores", async () => {
    const read = await model({ bias: -1, weights: { b: 10, a: 2 } });
    expect(read).toEqual({ bias: -1n, weights: [2n, 10n] });
    expect(plainAnswer(table, read)).toEqual({
      rows: 2,
      columns: [
        { name: "a", sum: -2n, squares: 34n, mean: -1, variance: 16 },
        { name: "b", sum: 10n, squares: 52n, mean: 5, variance: 1 },
      ],
      scores: [45n, 49n],
    });
  });

  it.each([
    ["model-malformed", "{"],
    ["model-malformed", { bias: 0.5, weights: { a: 1, b: 1 } }],
    ["model-malformed", { bias: 0, weights: { a: 1, b: 1 }, more: 1 }],
    ["model-mismatch", { bias: 0, weights: { a: 1 } }],
    ["model-mismatch", { bias: 0, weights: { a: 1, b: 1, c: 1 } }],
    ["model-mismatch", { bias: 5, weights: { a: 0, b: 0 } }],
  ])("%s: %j", async (code, content) => {
    await expect(model(content)).rejects.toMatchObject({ code });
  });
});

describe("what would wrap around the plaintext modulus", () => {
  const one = { bias: 0n, weights: [1n] };
  /** The largest number whose square is within the range. */
  const root = BigInt(Math.floor(Math.sqrt(Number(LARGEST_VALUE))));
  const column = (...values: bigint[]) => parseTable(`a\n${values.join("\n")}`);

  it("is refused: squares, scores and weights alike", () => {
    expect(() => checkRange(column(root), one)).not.toThrow();
    const tooLarge = expect.objectContaining({ code: "values-too-large" });
    expect(() => checkRange(column(root + 1n), one)).toThrow(tooLarge);
    expect(() => checkRange(column(root, 2_000n), one)).toThrow(tooLarge);
    expect(() => checkRange(column(-2n), { bias: 0n, weights: [LARGEST_VALUE] })).toThrow(tooLarge);
    expect(() => checkRange(column(0n), { bias: 0n, weights: [LARGEST_VALUE + 1n] })).toThrow(
      tooLarge,
    );
    expect(() => checkRange(column(1n), { bias: LARGEST_VALUE, weights: [1n] })).toThrow(tooLarge);
  });

  it("is judged by the modulus that the library chooses", async () => {
    const seal = await loadLibrary();
    using parameters = parametersOf(seal);
    using modulus = parameters.plainModulus();
    expect(modulus.value()).toBe(2n * LARGEST_VALUE + 1n);
  });

  it("is not in the committed table", async () => {
    const table = await loadTable(defaultTable);
    expect(table).toMatchObject({ rows: 240, names: ["area_m2", "occupants", "used_kwh"] });
  });
});
