import type { ByteReader } from "./byte-reader.ts";
import { ModuleRefused } from "./refusal.ts";

/** The binary codes of the four number types, the only value types that are allowed. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export type ValueType = typeof I32 | typeof I64 | typeof F32 | typeof F64;

export const FUNCREF = 0x70;
const V128 = 0x7b;
const EXTERNREF = 0x6f;

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

const LETTERS: Record<string, ValueType> = { i: I32, I: I64, f: F32, F: F64 };
const NAMES = new Map<number, string>([
  [I32, "i32"],
  [I64, "i64"],
  [F32, "f32"],
  [F64, "f64"],
]);

/** Parses the shorthand of the tables here: `"iI>f"` is `[i32 i64] -> [f32]`. */
export function signature(text: string): FunctionType {
  const [params = "", results = ""] = text.split(">");
  const read = (letters: string) => [...letters].map((letter) => LETTERS[letter] as ValueType);
  return { params: read(params), results: read(results) };
}

export function isValueType(code: number): code is ValueType {
  return code >= F64 && code <= I32;
}

export function isFloat(type: number): boolean {
  return type === F32 || type === F64;
}

export function typeName(code: number): string {
  return NAMES.get(code) ?? "any";
}

export function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

export function readValueType(reader: ByteReader): ValueType {
  const code = reader.byte();
  if (isValueType(code)) return code;
  throw unsupportedType(code);
}

/** The refusal for a type code that is not one of the four number types. */
export function unsupportedType(code: number): ModuleRefused {
  if (code === V128) return new ModuleRefused("simd", "uses the type v128");
  if (code === FUNCREF || code === EXTERNREF) {
    return new ModuleRefused("reference-types", "uses a reference as a value");
  }
  if (code === 0x69 || code === 0x74) return new ModuleRefused("exceptions", "uses exnref");
  if (code >= 0x63 && code <= 0x73) return new ModuleRefused("gc", "uses a garbage-collected type");
  return new ModuleRefused("malformed", `unknown type code 0x${code.toString(16)}`);
}
