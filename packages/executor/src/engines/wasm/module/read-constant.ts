import type { ByteReader } from "./byte-reader.ts";
import { OP } from "./instructions.ts";
import { ModuleRefused } from "./refusal.ts";
import { F32, F64, I32, I64, type ValueType } from "./value-types.ts";

export interface Constant {
  readonly type: ValueType;
  /** The value as an unsigned number, for i32 only. */
  readonly unsigned?: number;
}

/** Reads the value that follows a constant instruction; undefined for other opcodes. */
export function readConstantOperand(opcode: number, reader: ByteReader): Constant | undefined {
  switch (opcode) {
    case OP.i32Const:
      return { type: I32, unsigned: reader.s32() >>> 0 };
    case OP.i64Const:
      reader.signed(64);
      return { type: I64 };
    case OP.f32Const:
      reader.skip(4);
      return { type: F32 };
    case OP.f64Const:
      reader.skip(8);
      return { type: F64 };
    default:
      return undefined;
  }
}

/** Reads a constant expression: one constant and `end`, nothing else. */
export function readConstant(reader: ByteReader): Constant {
  const opcode = reader.byte();
  const constant = readConstantOperand(opcode, reader);
  if (constant === undefined) throw notConstant(`opcode 0x${opcode.toString(16)}`);
  if (reader.byte() !== OP.end) throw notConstant("many instructions");
  return constant;
}

function notConstant(detail: string): ModuleRefused {
  return new ModuleRefused("unsupported-const-expr", `a constant expression with ${detail}`);
}
