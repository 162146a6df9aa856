import { ByteWriter } from "./byte-writer.ts";
import { COST, OP } from "./instructions.ts";
import type { ParsedModule } from "./parsed-module.ts";
import { RESERVED_PREFIX } from "./read-module.ts";
import { type FunctionType, I32, signature, type ValueType } from "./value-types.ts";

/** Names of the exports through which the host reads and drives the metered module. */
export const INJECTED_EXPORTS = {
  /** i64 global: fuel left; negative once it ran out. */
  fuel: `${RESERVED_PREFIX}fuel`,
  /** i64 global: stack units left; negative once a call would have passed the limit. */
  stack: `${RESERVED_PREFIX}stack`,
  /** i32 global, one of {@link GROWTH}. */
  growth: `${RESERVED_PREFIX}growth`,
  /** The function of the original start section, if there is one. */
  start: `${RESERVED_PREFIX}start`,
} as const;

/** What became of the module's attempts to grow its memory. */
export const GROWTH = {
  granted: 0,
  /** At least one was refused since it would have passed the limit. */
  refused: 1,
  /** The machine could not provide memory within the limit; the run must not count. */
  hostFailed: 2,
} as const;

/** Positions in the index spaces of what is appended to them. */
export interface InjectedIndexes {
  readonly fuelGlobal: number;
  readonly stackGlobal: number;
  readonly growthGlobal: number;
  readonly chargeFunction: number;
  readonly growFunction: number;
}

export function injectedIndexes(module: ParsedModule): InjectedIndexes {
  const globals = module.globals.length;
  const functions = module.imports.length + module.functions.length;
  return {
    fuelGlobal: globals,
    stackGlobal: globals + 1,
    growthGlobal: globals + 2,
    chargeFunction: functions,
    growFunction: functions + 1,
  };
}

/** A function that is appended to the module. */
export interface InjectedFunction {
  readonly type: FunctionType;
  readonly locals: readonly ValueType[];
  readonly code: Uint8Array;
}

const I32_EQ = 0x46;
const I32_GT_U = 0x4b;
const I64_LT_S = 0x53;
const I32_SUB = 0x6b;
const I64_ADD = 0x7c;
const I64_SUB = 0x7d;
const I64_MUL = 0x7e;
const I64_OR = 0x84;
const I64_EXTEND_I32_U = 0xad;
const VOID = 0x40;

/** `if (top < 0) unreachable`, with an i64 on top of the stack. */
function trapIfNegative(out: ByteWriter): void {
  out.byte(OP.i64Const).signed(0).byte(I64_LT_S);
  out.byte(OP.if).byte(VOID).byte(OP.unreachable).byte(OP.end);
}

/** `global -= units`, leaving the new value in an i64 local. */
function take(out: ByteWriter, global: number, units: number, local: number): void {
  out.byte(OP.globalGet).u32(global).byte(OP.i64Const).signed(units).byte(I64_SUB);
  out.byte(OP.localTee).u32(local).byte(OP.globalSet).u32(global);
}

/** Charges one segment; traps when the fuel does not suffice. */
export function writeFuelCharge(
  out: ByteWriter,
  indexes: InjectedIndexes,
  cost: number,
  local: number,
): void {
  take(out, indexes.fuelGlobal, cost, local);
  out.byte(OP.localGet).u32(local);
  trapIfNegative(out);
}

/** Charges the entry of a function, fuel and stack, with one common test. */
export function writeEntryCharge(
  out: ByteWriter,
  indexes: InjectedIndexes,
  charge: { readonly cost: number; readonly units: number },
  locals: { readonly fuel: number; readonly stack: number },
): void {
  take(out, indexes.fuelGlobal, charge.cost, locals.fuel);
  take(out, indexes.stackGlobal, charge.units, locals.stack);
  out.byte(OP.localGet).u32(locals.fuel).byte(OP.localGet).u32(locals.stack).byte(I64_OR);
  trapIfNegative(out);
}

/** Charges `units` for each item that an i32 local counts. */
export function writeCountCharge(
  out: ByteWriter,
  indexes: InjectedIndexes,
  units: number,
  local: number,
): void {
  out.byte(OP.localGet).u32(local).byte(I64_EXTEND_I32_U);
  out.byte(OP.i64Const).signed(units).byte(I64_MUL);
  out.byte(OP.call).u32(indexes.chargeFunction);
}

/** Gives the units of a frame back. */
export function writeStackRelease(out: ByteWriter, indexes: InjectedIndexes, units: number): void {
  out.byte(OP.globalGet).u32(indexes.stackGlobal).byte(OP.i64Const).signed(units).byte(I64_ADD);
  out.byte(OP.globalSet).u32(indexes.stackGlobal);
}

/** The functions behind {@link InjectedIndexes}, in their order. */
export function injectedFunctions(
  indexes: InjectedIndexes,
  maximumPages: number | undefined,
): InjectedFunction[] {
  return [chargeFunction(indexes), growFunction(indexes, maximumPages)];
}

/** `(cost: i64)`: takes a computed amount of fuel. */
function chargeFunction(indexes: InjectedIndexes): InjectedFunction {
  const out = new ByteWriter();
  out.byte(OP.globalGet).u32(indexes.fuelGlobal).byte(OP.localGet).u32(0).byte(I64_SUB);
  out.byte(OP.localTee).u32(0).byte(OP.globalSet).u32(indexes.fuelGlobal);
  out.byte(OP.localGet).u32(0);
  trapIfNegative(out);
  return { type: signature("I>"), locals: [], code: out.view };
}

/**
 * `(pages: i32) -> i32`: memory.grow that refuses by the limit alone. A failure within the limit
 * is this machine's own and ends the run without a result.
 */
function growFunction(
  indexes: InjectedIndexes,
  maximumPages: number | undefined,
): InjectedFunction {
  const type = signature("i>i");
  const out = new ByteWriter();
  if (maximumPages === undefined) {
    return { type, locals: [], code: out.byte(OP.unreachable).view };
  }
  out.byte(OP.localGet).u32(0).byte(OP.i32Const).signed(maximumPages);
  out.byte(OP.memorySize).byte(0).byte(I32_SUB).byte(I32_GT_U);
  out.byte(OP.if).byte(VOID);
  out.byte(OP.i32Const).signed(GROWTH.refused).byte(OP.globalSet).u32(indexes.growthGlobal);
  out.byte(OP.i32Const).signed(-1).byte(OP.return);
  out.byte(OP.end);
  writeCountCharge(out, indexes, COST.page, 0);
  out.byte(OP.localGet).u32(0).byte(OP.memoryGrow).byte(0).byte(OP.localTee).u32(1);
  out.byte(OP.i32Const).signed(-1).byte(I32_EQ);
  out.byte(OP.if).byte(VOID);
  out.byte(OP.i32Const).signed(GROWTH.hostFailed).byte(OP.globalSet).u32(indexes.growthGlobal);
  out.byte(OP.unreachable).byte(OP.end);
  out.byte(OP.localGet).u32(1);
  return { type, locals: [I32], code: out.view };
}
