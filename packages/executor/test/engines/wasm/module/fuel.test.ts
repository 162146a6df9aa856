import { describe, expect, test } from "vitest";
import { COST } from "../../../../src/engines/wasm/module/instructions.ts";
import { assemble, program } from "../support/assemble.ts";
import { randomModule } from "../support/random-module.ts";
import { runMetered } from "../support/run-metered.ts";

const ENTRY = COST.call;
const MORE = 2n ** 40n;

async function fuelOf(body: string, fields = ""): Promise<number> {
  const outcome = runMetered(await assemble(program(body, fields)), { fuel: MORE });
  expect(outcome.fault).toBeUndefined();
  return Number(outcome.fuelUsed);
}

describe("fuel", () => {
  test("an empty function costs its entry", async () => {
    expect(await fuelOf("")).toBe(ENTRY);
  });

  test("locals cost one unit for four", async () => {
    expect(await fuelOf("(local i32 i32 i32 i32 i32)")).toBe(ENTRY + 2);
  });

  test("instructions cost what the table says", async () => {
    const body = "(drop (i32.div_u (i32.const 8) (i32.load (i32.const 4))))";
    const zero = '(data (i32.const 4) "\\01")';
    expect(await fuelOf(body, zero)).toBe(ENTRY + 2 * COST.simple + COST.memory + COST.slow);
  });

  test("each round of a loop costs the same", async () => {
    const rounds = (count: number) =>
      fuelOf(`(local $i i32) (loop $l
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${count}))))`);
    const one = await rounds(1);
    const perRound = (await rounds(2)) - one;
    expect(perRound).toBe(7);
    expect(await rounds(1_000)).toBe(one + 999 * perRound);
  });

  test("only the arm that runs is charged, and what follows is charged once", async () => {
    const branch = (condition: number) =>
      fuelOf(`(if (i32.const ${condition})
          (then (drop (i32.const 1)))
          (else (drop (i32.add (i32.const 1) (i32.const 2)))))
        (drop (i64.const 1)) (drop (i64.const 1))`);
    const common = ENTRY + 4;
    expect(await branch(1)).toBe(common + 1);
    expect(await branch(0)).toBe(common + 3);
  });

  test("code behind a branch that is taken is not charged", async () => {
    const skipped = (condition: number) =>
      fuelOf(`(block $out (br_if $out (i32.const ${condition})) ${"(drop (i32.const 1))".repeat(50)})
        (drop (i32.const 1))`);
    expect(await skipped(1)).toBe(ENTRY + 3);
    expect(await skipped(0)).toBe(ENTRY + 53);
  });

  test("code behind a block that can be left for good is charged only when reached", async () => {
    const escaped = (condition: number) =>
      fuelOf(`(block $out
          (block (br_if $out (i32.const ${condition})))
          ${"(drop (i32.const 1))".repeat(20)})`);
    expect(await escaped(1)).toBe(ENTRY + 2);
    expect(await escaped(0)).toBe(ENTRY + 22);
  });

  test("bulk operations cost by their size", async () => {
    const fill = (size: number) =>
      fuelOf(`(memory.fill (i32.const 0) (i32.const 1) (i32.const ${size}))`);
    expect((await fill(10_000)) - (await fill(0))).toBe(10_000 * COST.byte);
    const copy = (size: number) =>
      fuelOf(`(memory.copy (i32.const 9) (i32.const 1) (i32.const ${size}))`);
    expect((await copy(10_000)) - (await copy(0))).toBe(10_000 * COST.byte);
  });

  test("growth costs by pages, refused growth does not", async () => {
    const grow = (pages: number) => fuelOf(`(drop (memory.grow (i32.const ${pages})))`);
    const none = await grow(0);
    expect((await grow(3)) - none).toBe(3 * COST.page);
    expect(await grow(1_000_000)).toBe(none);
  });

  test("runs out at the same count every time", async () => {
    const bytes = await assemble(program("(loop $l (br $l))"));
    const outcomes = [1, 2].map(() => runMetered(bytes, { fuel: 1_000_003n }));
    for (const { fault, exitCode, fuelUsed } of outcomes) {
      expect({ fault, exitCode, fuelUsed }).toEqual({
        fault: "fuel",
        exitCode: 152,
        fuelUsed: 1_000_003n,
      });
    }
  });

  test.each([
    ["a jump to itself", "(loop $l (br $l))"],
    ["an empty conditional loop", "(loop $l (br_if $l (i32.const 1)))"],
    ["loops within loops", "(loop $a (loop $b (loop $c (br $a))))"],
    ["a branch table", "(loop $l (br_table $l $l (i32.const 0)))"],
    ["a block that is never left", "(loop $l (block $b (br $b)) (br $l))"],
    ["mutual recursion without depth", "(loop $l (call $f) (br $l))"],
  ])("stops %s", async (_what, body) => {
    const bytes = await assemble(program(body, "(func $f)"));
    expect(runMetered(bytes, { fuel: 200_000n }).fault).toBe("fuel");
  });

  test("a huge bulk operation is paid before it runs", async () => {
    const bytes = await assemble(
      program("(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l))"),
    );
    const outcome = runMetered(bytes, { fuel: 65_536n * 10n });
    expect(outcome.fault).toBe("fuel");
    expect(outcome.cpuMillis).toBeLessThan(1_000);
  });

  test("what a run used suffices for it, one unit less does not", async () => {
    let completed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const bytes = await assemble(randomModule(seed));
      const { fault, fuelUsed } = runMetered(bytes, { fuel: MORE });
      if (fault !== undefined) continue;
      completed += 1;
      expect(runMetered(bytes, { fuel: fuelUsed }).fault).toBeUndefined();
      expect(runMetered(bytes, { fuel: fuelUsed - 1n }).fault).toBe("fuel");
    }
    expect(completed).toBeGreaterThan(20);
  });
});
