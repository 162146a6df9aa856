import { type FunctionType, signature } from "./value-types.ts";

/**
 * How an instruction treats the bits of a NaN, where its result is a float:
 * `exact` yields bits that are the same everywhere, `arithmetic` may yield any NaN, `carries`
 * passes its first operand's NaN on.
 */
export type NanRule = "exact" | "arithmetic" | "carries";

/** An instruction without control flow, index space or injected replacement. */
export interface PlainInstruction extends FunctionType {
  readonly name: string;
  /** Fuel for one execution. */
  readonly cost: number;
  /** Log2 of the natural alignment, for loads and stores. */
  readonly alignment?: number;
  readonly nan: NanRule;
  /** The top operand's NaN bits can be seen in what this instruction does. */
  readonly observesTop: boolean;
}

/** Fuel for one execution of the instructions that are not plain; docs/WASM.md repeats it. */
export const COST = {
  simple: 1,
  memory: 2,
  slow: 8,
  branchTable: 4,
  call: 8,
  callIndirect: 16,
  /** Charged per function entry for each group of this many locals. */
  localsPerUnit: 4,
  /** A byte that a bulk instruction or a host call moves. */
  byte: 1,
  /** A table entry that a bulk instruction moves. */
  tableEntry: 64,
  /** A page that was grown, counted as if it had been filled. */
  page: 65_536,
} as const;

const plain: (PlainInstruction | undefined)[] = [];
const saturating: (PlainInstruction | undefined)[] = [];

function define(
  first: number,
  type: string,
  names: string,
  options: Partial<Omit<PlainInstruction, keyof FunctionType | "name">> = {},
  table = plain,
): void {
  names.split(" ").forEach((name, index) => {
    table[first + index] = {
      ...signature(type),
      name,
      cost: COST.simple,
      nan: "exact",
      observesTop: false,
      ...options,
    };
  });
}

const memory = (alignment: number) => ({ alignment, cost: COST.memory });
const slow = { cost: COST.slow };
const arithmetic = { nan: "arithmetic" } as const;
const slowArithmetic = { ...slow, ...arithmetic };

define(0x28, "i>i", "i32.load", memory(2));
define(0x29, "i>I", "i64.load", memory(3));
define(0x2a, "i>f", "f32.load", memory(2));
define(0x2b, "i>F", "f64.load", memory(3));
define(0x2c, "i>i", "i32.load8_s i32.load8_u", memory(0));
define(0x2e, "i>i", "i32.load16_s i32.load16_u", memory(1));
define(0x30, "i>I", "i64.load8_s i64.load8_u", memory(0));
define(0x32, "i>I", "i64.load16_s i64.load16_u", memory(1));
define(0x34, "i>I", "i64.load32_s i64.load32_u", memory(2));
define(0x36, "ii>", "i32.store", memory(2));
define(0x37, "iI>", "i64.store", memory(3));
define(0x38, "if>", "f32.store", { ...memory(2), observesTop: true });
define(0x39, "iF>", "f64.store", { ...memory(3), observesTop: true });
define(0x3a, "ii>", "i32.store8", memory(0));
define(0x3b, "ii>", "i32.store16", memory(1));
define(0x3c, "iI>", "i64.store8", memory(0));
define(0x3d, "iI>", "i64.store16", memory(1));
define(0x3e, "iI>", "i64.store32", memory(2));

define(0x45, "i>i", "i32.eqz");
define(
  0x46,
  "ii>i",
  "i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u",
);
define(0x50, "I>i", "i64.eqz");
define(
  0x51,
  "II>i",
  "i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u",
);
define(0x5b, "ff>i", "f32.eq f32.ne f32.lt f32.gt f32.le f32.ge");
define(0x61, "FF>i", "f64.eq f64.ne f64.lt f64.gt f64.le f64.ge");
define(0x67, "i>i", "i32.clz i32.ctz i32.popcnt");
define(0x6a, "ii>i", "i32.add i32.sub i32.mul");
define(0x6d, "ii>i", "i32.div_s i32.div_u i32.rem_s i32.rem_u", slow);
define(0x71, "ii>i", "i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr");
define(0x79, "I>I", "i64.clz i64.ctz i64.popcnt");
define(0x7c, "II>I", "i64.add i64.sub i64.mul");
define(0x7f, "II>I", "i64.div_s i64.div_u i64.rem_s i64.rem_u", slow);
define(0x83, "II>I", "i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr");
define(0x8b, "f>f", "f32.abs f32.neg", { nan: "carries" });
define(0x8d, "f>f", "f32.ceil f32.floor f32.trunc f32.nearest", arithmetic);
define(0x91, "f>f", "f32.sqrt", slowArithmetic);
define(0x92, "ff>f", "f32.add f32.sub f32.mul", arithmetic);
define(0x95, "ff>f", "f32.div", slowArithmetic);
define(0x96, "ff>f", "f32.min f32.max", arithmetic);
define(0x98, "ff>f", "f32.copysign", { nan: "carries", observesTop: true });
define(0x99, "F>F", "f64.abs f64.neg", { nan: "carries" });
define(0x9b, "F>F", "f64.ceil f64.floor f64.trunc f64.nearest", arithmetic);
define(0x9f, "F>F", "f64.sqrt", slowArithmetic);
define(0xa0, "FF>F", "f64.add f64.sub f64.mul", arithmetic);
define(0xa3, "FF>F", "f64.div", slowArithmetic);
define(0xa4, "FF>F", "f64.min f64.max", arithmetic);
define(0xa6, "FF>F", "f64.copysign", { nan: "carries", observesTop: true });
define(0xa7, "I>i", "i32.wrap_i64");
define(0xa8, "f>i", "i32.trunc_f32_s i32.trunc_f32_u");
define(0xaa, "F>i", "i32.trunc_f64_s i32.trunc_f64_u");
define(0xac, "i>I", "i64.extend_i32_s i64.extend_i32_u");
define(0xae, "f>I", "i64.trunc_f32_s i64.trunc_f32_u");
define(0xb0, "F>I", "i64.trunc_f64_s i64.trunc_f64_u");
define(0xb2, "i>f", "f32.convert_i32_s f32.convert_i32_u");
define(0xb4, "I>f", "f32.convert_i64_s f32.convert_i64_u");
define(0xb6, "F>f", "f32.demote_f64", arithmetic);
define(0xb7, "i>F", "f64.convert_i32_s f64.convert_i32_u");
define(0xb9, "I>F", "f64.convert_i64_s f64.convert_i64_u");
define(0xbb, "f>F", "f64.promote_f32", arithmetic);
define(0xbc, "f>i", "i32.reinterpret_f32", { observesTop: true });
define(0xbd, "F>I", "i64.reinterpret_f64", { observesTop: true });
define(0xbe, "i>f", "f32.reinterpret_i32");
define(0xbf, "I>F", "f64.reinterpret_i64");
define(0xc0, "i>i", "i32.extend8_s i32.extend16_s");
define(0xc2, "I>I", "i64.extend8_s i64.extend16_s i64.extend32_s");

define(0, "f>i", "i32.trunc_sat_f32_s i32.trunc_sat_f32_u", {}, saturating);
define(2, "F>i", "i32.trunc_sat_f64_s i32.trunc_sat_f64_u", {}, saturating);
define(4, "f>I", "i64.trunc_sat_f32_s i64.trunc_sat_f32_u", {}, saturating);
define(6, "F>I", "i64.trunc_sat_f64_s i64.trunc_sat_f64_u", {}, saturating);

/** Plain instructions by their one-byte opcode. */
export const PLAIN: readonly (PlainInstruction | undefined)[] = plain;
/** Plain instructions by the sub-opcode that follows the prefix 0xfc. */
export const PREFIXED_PLAIN: readonly (PlainInstruction | undefined)[] = saturating;

/** Opcodes that the rewriter handles one by one. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  prefixed: 0xfc,
} as const;

/** Sub-opcodes of the prefix 0xfc that move or drop bulk data. */
export const BULK = {
  memoryInit: 8,
  dataDrop: 9,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  elemDrop: 13,
  tableCopy: 14,
} as const;
