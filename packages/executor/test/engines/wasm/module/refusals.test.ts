import { describe, expect, test } from "vitest";
import { WASI_IMPORTS } from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { ByteWriter } from "../../../../src/engines/wasm/module/byte-writer.ts";
import { meterModule } from "../../../../src/engines/wasm/module/meter-module.ts";
import type { RefusalCode } from "../../../../src/engines/wasm/module/refusal.ts";
import { assemble, program } from "../support/assemble.ts";
import { LIMITS } from "../support/run-metered.ts";

const MEMORY = '(memory (export "memory") 1)';
const START = '(func (export "_start"))';

function meter(bytes: Uint8Array) {
  return meterModule(bytes, WASI_IMPORTS, LIMITS);
}

function refused(code: RefusalCode) {
  return expect.objectContaining({ name: "ModuleRefused", code });
}

const CASES: readonly (readonly [code: RefusalCode, what: string, text: string])[] = [
  ["simd", "a vector constant", program("(drop (v128.const i32x4 0 0 0 0))")],
  ["simd", "a vector local", program("(local v128)")],
  ["simd", "a vector parameter", `(module ${MEMORY} ${START} (func (param v128)))`],
  ["threads", "an atomic load", program("(drop (i32.atomic.load (i32.const 0)))")],
  ["shared-memory", "a shared memory", `(module (memory (export "memory") 1 2 shared) ${START})`],
  ["memory64", "a 64-bit memory", `(module (memory (export "memory") i64 1) ${START})`],
  ["multi-memory", "two memories", `(module ${MEMORY} (memory 1) ${START})`],
  ["exceptions", "a tag", `(module ${MEMORY} (tag) ${START})`],
  ["exceptions", "a try block", program("(try (do) (catch_all))")],
  ["tail-calls", "a tail call", `(module ${MEMORY} (func $f (export "_start") return_call $f))`],
  [
    "reference-types",
    "two tables",
    `(module ${MEMORY} (table 1 funcref) (table 1 funcref) ${START})`,
  ],
  ["reference-types", "a table of externref", `(module ${MEMORY} (table 1 externref) ${START})`],
  ["reference-types", "table.size", program("(drop (table.size 0))", "(table 1 funcref)")],
  [
    "reference-types",
    "table.get",
    program("(drop (table.get 0 (i32.const 0)))", "(table 1 funcref)"),
  ],
  ["reference-types", "ref.null", program("(drop (ref.null func))")],
  ["reference-types", "a reference local", program("(local externref)")],
  [
    "unsupported-const-expr",
    "a global by a computed constant",
    `(module ${MEMORY} (global i32 (i32.add (i32.const 1) (i32.const 2))) ${START})`,
  ],
  ["missing-memory", "no memory", `(module ${START})`],
  ["missing-memory", "a memory under another name", `(module (memory (export "mem") 1) ${START})`],
  ["missing-start", "no start", `(module ${MEMORY})`],
  [
    "missing-start",
    "a start with a parameter",
    `(module ${MEMORY} (func (export "_start") (param i32)))`,
  ],
  [
    "reserved-export",
    "an export that looks injected",
    `(module ${MEMORY} ${START} (func (export "deco:fuel")))`,
  ],
  ["memory-limit", "a memory beyond the limit", `(module (memory (export "memory") 65) ${START})`],
  [
    "segment-out-of-bounds",
    "data beyond the memory",
    `(module ${MEMORY} (data (i32.const 65535) "ab") ${START})`,
  ],
  [
    "segment-out-of-bounds",
    "elements beyond the table",
    `(module ${MEMORY} (table 1 funcref) (func $f (export "_start")) (elem (i32.const 1) $f))`,
  ],
  ["too-large", "a huge table", `(module ${MEMORY} (table 100001 funcref) ${START})`],
  ["too-large", "too many locals", program(`(local ${"i64 ".repeat(10_001)})`)],
  [
    "too-large",
    "many branches among many locals",
    program(`(local ${"i32 ".repeat(9_000)}) ${"(block (br_if 0 (local.get 0)))".repeat(300)}`),
  ],
  [
    "frame-too-large",
    "too deep an expression",
    program(`${"(i64.const 0) ".repeat(33_000)} ${"(drop) ".repeat(33_000)}`),
  ],
  [
    "import-not-allowed",
    "another module",
    `(module (import "env" "abort" (func)) ${MEMORY} ${START})`,
  ],
  [
    "import-not-allowed",
    "an unknown WASI function",
    `(module (import "wasi_snapshot_preview1" "fd_teleport" (func)) ${MEMORY} ${START})`,
  ],
  [
    "import-not-allowed",
    "a name of JavaScript's objects",
    `(module (import "wasi_snapshot_preview1" "constructor" (func)) ${MEMORY} ${START})`,
  ],
  [
    "import-not-allowed",
    "the prototype",
    `(module (import "wasi_snapshot_preview1" "__proto__" (func)) ${MEMORY} ${START})`,
  ],
  [
    "import-not-allowed",
    "a memory",
    `(module (import "wasi_snapshot_preview1" "memory" (memory 1)) ${START})`,
  ],
  [
    "import-not-allowed",
    "a global",
    `(module (import "wasi_snapshot_preview1" "fuel" (global i64)) ${MEMORY} ${START})`,
  ],
  [
    "import-not-allowed",
    "a table",
    `(module (import "wasi_snapshot_preview1" "table" (table 1 funcref)) ${MEMORY} ${START})`,
  ],
  [
    "import-type",
    "a WASI function of another type",
    `(module (import "wasi_snapshot_preview1" "proc_exit" (func)) ${MEMORY} ${START})`,
  ],
];

describe("a module is refused by name", () => {
  test.each(CASES)("%s: %s", async (code, _what, text) => {
    const bytes = await assemble(text);
    expect(() => meter(bytes)).toThrow(refused(code));
  });

  const base = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  /** One function type, one function with the given code, a memory, both exported. */
  const withCode = (...code: number[]): number[] => {
    const body = new ByteWriter().u32(0).bytes(code).byte(0x0b);
    const section = new ByteWriter().u32(1).sized(body.view);
    return [
      ...base,
      ...[1, 4, 1, 0x60, 0, 0],
      ...[3, 2, 1, 0],
      ...[5, 3, 1, 0, 1],
      ...[7, 19, 2, 6, ...Buffer.from("memory"), 2, 0, 6, ...Buffer.from("_start"), 0, 0],
      ...new ByteWriter().byte(10).sized(section.view).view,
    ];
  };
  const nested = (open: readonly number[], depth: number): number[] => [
    ...Array.from({ length: depth }, () => open).flat(),
    ...Array.from({ length: depth }, () => 0x0b),
  ];

  test("the same module without fault is accepted", () => {
    for (const code of [[0x01], nested([0x03, 0x40], 500), nested([0x02, 0x40], 9_000)]) {
      expect(meter(new Uint8Array(withCode(...code))).length).toBeGreaterThan(0);
    }
  });

  test.each<[RefusalCode, string, number[]]>([
    ["malformed", "an empty file", []],
    ["malformed", "text", [...Buffer.from("#!/bin/sh\n")]],
    ["malformed", "a cut header", base.slice(0, 6)],
    ["component", "a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]],
    ["malformed", "another version", [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]],
    ["malformed", "a section that is cut", [...base, 1, 9, 0]],
    ["malformed", "an integer that is too long", [...base, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
    ["malformed", "sections out of order", [...base, 3, 1, 0, 1, 1, 0]],
    ["unsupported-section", "an unknown section", [...base, 14, 0]],
    ["gc", "a structure type", [...base, 1, 3, 1, 0x5f, 0]],
    ["custom-page-sizes", "a page size", [...base, 5, 4, 1, 8, 1, 0]],
    ["relaxed-simd", "relaxed SIMD", withCode(0xfd, 0x80, 0x02)],
    ["gc", "an instruction for structures", withCode(0xfb, 0)],
    ["gc", "call_ref", withCode(0x14, 0)],
    ["unsupported-opcode", "an unknown instruction", withCode(0xff)],
    ["unsupported-opcode", "128-bit arithmetic", withCode(0xfc, 19)],
    ["multi-memory", "a load that names a memory", withCode(0x41, 0, 0x28, 0x42, 0, 0, 0x1a)],
    ["too-large", "loops nested too deeply", withCode(...nested([0x03, 0x40], 501))],
    ["too-large", "blocks nested too deeply", withCode(...nested([0x02, 0x40], 10_001))],
    ["invalid", "a missing operand", withCode(0x1a)],
    ["invalid", "an operand left over", withCode(0x41, 0)],
    ["invalid", "a branch to nowhere", withCode(0x0c, 9)],
    ["invalid", "an unknown local", withCode(0x20, 0, 0x1a)],
    ["invalid", "a wrong type", withCode(0x41, 0, 0x8c, 0x1a)],
    ["invalid", "too large an alignment", withCode(0x41, 0, 0x28, 3, 0, 0x1a)],
  ])("%s: %s", (code, _what, bytes) => {
    expect(() => meter(new Uint8Array(bytes))).toThrow(refused(code));
  });

  test("every refusal carries a remedy", () => {
    expect(() => meter(new Uint8Array())).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/\w/) }),
    );
  });
});
