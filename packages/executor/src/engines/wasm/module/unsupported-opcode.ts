import type { ByteReader } from "./byte-reader.ts";
import { ModuleRefused, type RefusalCode } from "./refusal.ts";

const SIMD_PREFIX = 0xfd;
const FIRST_RELAXED_SIMD = 0x100;

/** The proposals that own the opcodes which are not allowed, as inclusive ranges. */
const OWNERS: readonly (readonly [first: number, last: number, code: RefusalCode])[] = [
  [0x06, 0x0a, "exceptions"],
  [0x12, 0x13, "tail-calls"],
  [0x14, 0x14, "gc"],
  [0x15, 0x15, "tail-calls"],
  [0x18, 0x19, "exceptions"],
  [0x1f, 0x1f, "exceptions"],
  [0x25, 0x26, "reference-types"],
  [0xd0, 0xd2, "reference-types"],
  [0xd3, 0xd6, "gc"],
  [0xfb, 0xfb, "gc"],
  [0xfd, 0xfd, "simd"],
  [0xfe, 0xfe, "threads"],
];

/** The refusal for a one-byte opcode or prefix that is not allowed; the reader is behind it. */
export function unsupportedOpcode(opcode: number, reader: ByteReader): ModuleRefused {
  if (opcode === SIMD_PREFIX && reader.u32() >= FIRST_RELAXED_SIMD) {
    return new ModuleRefused("relaxed-simd", "uses a relaxed SIMD instruction");
  }
  const owner = OWNERS.find(([first, last]) => opcode >= first && opcode <= last);
  return new ModuleRefused(
    owner?.[2] ?? "unsupported-opcode",
    `uses the instruction 0x${opcode.toString(16)}`,
  );
}

/** The refusal for a sub-opcode of the prefix 0xfc that is not allowed. */
export function unsupportedPrefixed(code: number): ModuleRefused {
  const tables = code >= 15 && code <= 17;
  return new ModuleRefused(
    tables ? "reference-types" : "unsupported-opcode",
    `uses the instruction 0xfc ${code}`,
  );
}
