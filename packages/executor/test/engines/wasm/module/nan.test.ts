import { describe, expect, test } from "vitest";
import { WASI_IMPORTS } from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { meterModule } from "../../../../src/engines/wasm/module/meter-module.ts";
import { assemble } from "../support/assemble.ts";
import { LIMITS } from "../support/run-metered.ts";

const CANONICAL_32 = 0x7fc00000n;
const CANONICAL_64 = 0x7ff8000000000000n;
/** A NaN with its sign set and bits in its payload, as no arithmetic must leave behind. */
const ODD_64 = 0xfff8dec0dec0dec0n;
const ODD_32 = 0xffc0dec0n;

/** Runs a function body of a module and returns the eight bytes at address 0. */
async function bitsAfter(body: string, fields = ""): Promise<bigint> {
  const bytes = await assemble(`(module
    (memory (export "memory") 1)
    (data (i32.const 64) "\\c0\\de\\c0\\de\\c0\\de\\f8\\ff\\c0\\de\\c0\\ff")
    (global $g (mut f64) (f64.const 0))
    ${fields}
    (func $odd (result f64) (f64.load (i32.const 64)))
    (func (export "_start") (local $a f64) (local $b f64) (local $i i32) ${body}))`);
  const metered = meterModule(bytes, WASI_IMPORTS, LIMITS);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(metered as BufferSource), {});
  (exports._start as () => void)();
  return new DataView((exports.memory as WebAssembly.Memory).buffer).getBigUint64(0, true);
}

const ZERO_BY_ZERO = "(f64.div (f64.const 0) (f64.const 0))";
const ODD = "(f64.load (i32.const 64))";
const store = (value: string) => `(f64.store (i32.const 0) ${value})`;
const store32 = (value: string) => `(f32.store (i32.const 0) ${value})`;

describe("a NaN whose bits could differ is canonical where they can be seen", () => {
  test.each([
    ["a quotient", ZERO_BY_ZERO],
    ["its negation", `(f64.neg ${ZERO_BY_ZERO})`],
    ["its absolute value", `(f64.abs (f64.neg ${ZERO_BY_ZERO}))`],
    ["a sum with an odd NaN", `(f64.add ${ODD} (f64.const 1))`],
    ["a root", "(f64.sqrt (f64.const -1))"],
    ["a minimum", `(f64.min ${ODD} (f64.const 1))`],
    ["a rounding", `(f64.nearest ${ODD})`],
    ["a promotion", "(f64.promote_f32 (f32.load (i32.const 72)))"],
    ["a difference of infinities", "(f64.sub (f64.const inf) (f64.const inf))"],
    ["a choice", `(select ${ZERO_BY_ZERO} (f64.const 1) (i32.const 1))`],
    ["the value of a block", `(block (result f64) ${ODD})`],
    ["the value of an if", `(if (result f64) (i32.const 1) (then ${ODD}) (else (f64.const 0)))`],
    ["a result", "(call $odd)"],
    ["a copied sign", `(f64.copysign (f64.neg ${ZERO_BY_ZERO}) (f64.const -1))`],
  ])("stored: %s", async (_what, value) => {
    expect(await bitsAfter(store(value))).toBe(CANONICAL_64);
  });

  test.each([
    ["a quotient", "(f32.div (f32.const 0) (f32.const 0))"],
    ["its negation", "(f32.neg (f32.div (f32.const 0) (f32.const 0)))"],
    ["a demotion", `(f32.demote_f64 ${ODD})`],
    ["a product", "(f32.mul (f32.load (i32.const 72)) (f32.const 2))"],
  ])("stored in 32 bits: %s", async (_what, value) => {
    expect(await bitsAfter(store32(value))).toBe(CANONICAL_32);
  });

  test("reinterpreted", async () => {
    expect(
      await bitsAfter(`(i64.store (i32.const 0) (i64.reinterpret_f64 (f64.neg ${ZERO_BY_ZERO})))`),
    ).toBe(CANONICAL_64);
    expect(
      await bitsAfter(
        "(i32.store (i32.const 0) (i32.reinterpret_f32 (f32.neg (f32.sqrt (f32.const -1)))))",
      ),
    ).toBe(CANONICAL_32);
  });

  test("as the sign that copysign takes", async () => {
    const one = new DataView(new ArrayBuffer(8));
    one.setFloat64(0, 1);
    expect(await bitsAfter(store(`(f64.copysign (f64.const 1) (f64.neg ${ZERO_BY_ZERO}))`))).toBe(
      one.getBigUint64(0),
    );
  });

  test("through a parameter, a global and a local that once held a result", async () => {
    expect(
      await bitsAfter(`(call $keep ${ODD})`, `(func $keep (param f64) ${store("(local.get 0)")})`),
    ).toBe(CANONICAL_64);
    expect(await bitsAfter(`(global.set $g ${ODD}) ${store("(global.get $g)")}`)).toBe(
      CANONICAL_64,
    );
    expect(
      await bitsAfter(`(local.set $a ${ODD}) ${store("(local.get $a)")}
        (local.set $a (f64.add (local.get $a) (f64.const 1)))`),
    ).toBe(CANONICAL_64);
  });

  test("through a chain of locals, of which only the last is stored", async () => {
    expect(
      await bitsAfter(`(loop $again
        ${store("(local.get $b)")}
        (local.set $b (local.get $a))
        (local.set $a (f64.neg ${ZERO_BY_ZERO}))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))`),
    ).toBe(CANONICAL_64);
  });
});

describe("exact bits are kept", () => {
  test.each([
    ["loaded", ODD],
    ["constant", "(f64.const -nan:0x8dec0dec0dec0)"],
    ["reinterpreted from an integer", "(f64.reinterpret_i64 (i64.load (i32.const 64)))"],
    ["negated twice", `(f64.neg (f64.neg ${ODD}))`],
    ["chosen among exact ones", `(select ${ODD} ${ODD} (i32.const 0))`],
  ])("of a value that is %s", async (_what, value) => {
    expect(await bitsAfter(store(value))).toBe(ODD_64);
  });

  test("of 32 bits", async () => {
    expect(await bitsAfter(store32("(f32.load (i32.const 72))"))).toBe(ODD_32);
  });

  test("through locals that only hold exact values", async () => {
    expect(
      await bitsAfter(
        `(local.set $a ${ODD}) (local.set $b (local.get $a)) ${store("(local.get $b)")}`,
      ),
    ).toBe(ODD_64);
  });
});
