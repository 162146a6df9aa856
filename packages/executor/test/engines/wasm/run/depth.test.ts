import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { threadStackMib } from "../../../../src/engines/wasm/run/guest-thread.ts";
import { assemble } from "../support/assemble.ts";
import { COMPILERS, runScript } from "../support/run-script.ts";

const UNITS = 400_000;

/** A module that recurses without end. */
function recursion(shape: {
  readonly locals?: string;
  readonly before?: string;
  readonly after?: string;
}): string {
  return `(module (memory (export "memory") 1)
    (func $f (param i32) (result i32) ${shape.locals ?? ""}
      ${shape.before ?? ""}
      (drop (call $f (i32.add (local.get 0) (i32.const 1))))
      ${shape.after ?? ""}
      (i32.const 0))
    (func (export "_start") (drop (call $f (i32.const 1)))))`;
}

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join(" ");

const PARAMETERS = 60;

const PRODUCTS = times(
  1_000,
  (i) => `(i32.store (i32.const ${i * 4}) (i32.mul (local.get 0) (i32.const ${i * 7 + 3})))`,
);
/** An optimising compiler keeps all products from before the call for use behind it. */
const GREEDY = recursion({ before: PRODUCTS, after: PRODUCTS });

/** Functions that try to make the machine's frames larger than what they are charged for. */
const DEEP: readonly (readonly [string, string])[] = [
  ["a small frame", recursion({})],
  [
    "many locals that live across the call",
    recursion({
      locals: `(local ${"i64 ".repeat(900)})`,
      before: times(900, (i) => `(local.set ${i + 1} (i64.load (i32.const ${i * 8})))`),
      after: times(900, (i) => `(i64.store (i32.const ${i * 8}) (local.get ${i + 1}))`),
    }),
  ],
  ["a common subexpression for each instruction", GREEDY],
  [
    "operands that wait for the call",
    `(module (memory (export "memory") 1)
      (func $f (result i64)
        ${times(500, (i) => `(i64.load (i32.const ${i * 8}))`)}
        (call $f)
        ${times(500, () => "(i64.xor)")})
      (func (export "_start") (drop (call $f))))`,
  ],
  [
    "many parameters",
    `(module (memory (export "memory") 1)
      (func $f (param ${"i64 ".repeat(PARAMETERS)}) (result i64)
        (i64.add (local.get 5) (call $f
          ${times(PARAMETERS, (i) => `(i64.add (i64.const ${i + 1}) (local.get ${i}))`)})))
      (func (export "_start") (drop (call $f ${times(PARAMETERS, (i) => `(i64.const ${i})`)}))))`,
  ],
  [
    "indirect calls",
    `(module (memory (export "memory") 1) (table 1 funcref) (elem (i32.const 0) $f)
      (func $f (call_indirect (i32.const 0)))
      (func (export "_start") (call $f)))`,
  ],
];

describe("the depth limit", () => {
  let folder: string;
  const paths: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-wasm-"));
    for (const [index, [, text]] of DEEP.entries()) {
      const path = join(folder, `${index}.wasm`);
      await writeFile(path, await assemble(text));
      paths.push(path);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const endings = async (mebibytes: number, flags: readonly string[], units = UNITS) =>
    JSON.parse(
      await runScript("./depth-process.ts", [`${units}`, `${mebibytes}`, ...paths], { flags }),
    ) as string[][];

  test("is met at the same call by every compiler, whatever the native stack", async () => {
    const expected = await endings(threadStackMib(UNITS), COMPILERS.optimising);
    expect(expected.length).toBe(DEEP.length);
    for (const [index, [first, second]] of expected.entries()) {
      expect(first, DEEP[index]?.[0]).toMatch(/^depth after \d+$/);
      expect(second).toBe(first);
    }
    expect(await endings(threadStackMib(UNITS), COMPILERS.baseline)).toEqual(expected);
    expect(await endings(threadStackMib(UNITS), [])).toEqual(expected);
    expect(await endings(4 * threadStackMib(UNITS), [])).toEqual(expected);
  });

  test("leaves half of the native stack reserved for it", async () => {
    const half = Math.ceil(threadStackMib(UNITS) / 2);
    for (const ends of await endings(half, COMPILERS.optimising)) {
      for (const end of ends) expect(end).toMatch(/^depth/);
    }
  });

  test("a native stack that is too small never becomes a result", async () => {
    const ends = (await endings(1, COMPILERS.optimising, 1_000_000)).flat();
    expect(ends).toContain("host-failed");
    for (const end of ends) expect(end).toMatch(/^(host-failed|depth after \d+)$/);
  });
});
