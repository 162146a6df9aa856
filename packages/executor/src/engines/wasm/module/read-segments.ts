import type { ByteReader } from "./byte-reader.ts";
import { MODULE_BOUNDS, PAGE_BYTES } from "./module-bounds.ts";
import type { ParsedModule } from "./parsed-module.ts";
import { readConstant } from "./read-constant.ts";
import { ModuleRefused } from "./refusal.ts";
import { FUNCREF, I32, unsupportedType } from "./value-types.ts";

const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;
const END = 0x0b;

/**
 * Reads the element or data section. Active segments must fit the initial table or memory, so
 * that instantiation cannot trap.
 */
export function readSegments(
  module: ParsedModule,
  section: "elements" | "data",
  reader: ByteReader,
): void {
  const count = reader.count(MODULE_BOUNDS.segments, "segments");
  module.raw[section] = { start: reader.offset, end: reader.end };
  if (section === "elements") module.elementSegments = count;
  else module.dataSegments = count;
  for (let index = 0; index < count; index++) {
    if (section === "elements") readElementSegment(module, reader);
    else readDataSegment(module, reader);
  }
}

function readDataSegment(module: ParsedModule, reader: ByteReader): void {
  const flags = reader.u32();
  if (flags > 2) throw reader.malformed("unknown kind of data segment");
  const active = flags !== 1;
  if (flags === 2 && reader.u32() !== 0) {
    throw new ModuleRefused("multi-memory", "a data segment for another memory");
  }
  const offset = active ? readOffset(reader) : 0;
  const length = reader.u32();
  reader.skip(length);
  if (!active) return;
  if (module.memory === undefined) throw new ModuleRefused("invalid", "data without memory");
  checkFits(offset, length, module.memory.initial * PAGE_BYTES);
}

/** Flag bits: 1 passive or declarative, 2 explicit table or declarative, 4 expressions. */
function readElementSegment(module: ParsedModule, reader: ByteReader): void {
  const flags = reader.u32();
  if (flags > 7) throw reader.malformed("unknown kind of element segment");
  const active = (flags & 1) === 0;
  if (active && flags & 2 && reader.u32() !== 0) {
    throw new ModuleRefused("reference-types", "an element segment for another table");
  }
  const offset = active ? readOffset(reader) : 0;
  const expressions = (flags & 4) !== 0;
  if (flags & 3) readElementKind(reader, expressions);
  const length = reader.count(MODULE_BOUNDS.tableEntries, "entries in an element segment");
  for (let index = 0; index < length; index++) {
    const target = expressions ? readElementExpression(reader) : reader.u32();
    if (target !== undefined && target >= module.imports.length + module.functions.length) {
      throw new ModuleRefused("invalid", "an element segment names an unknown function");
    }
  }
  if (!active) return;
  if (module.tableSize === undefined) throw new ModuleRefused("invalid", "elements without table");
  checkFits(offset, length, module.tableSize);
}

function readElementKind(reader: ByteReader, expressions: boolean): void {
  const kind = reader.byte();
  if (expressions ? kind === FUNCREF : kind === 0) return;
  throw expressions ? unsupportedType(kind) : reader.malformed("unknown kind of elements");
}

function readElementExpression(reader: ByteReader): number | undefined {
  const opcode = reader.byte();
  let target: number | undefined;
  if (opcode === REF_FUNC) {
    target = reader.u32();
  } else if (opcode === REF_NULL) {
    const type = reader.byte();
    if (type !== FUNCREF) throw unsupportedType(type);
  } else {
    throw new ModuleRefused("unsupported-const-expr", "an element by a computed expression");
  }
  if (reader.byte() !== END) {
    throw new ModuleRefused("unsupported-const-expr", "an element by a computed expression");
  }
  return target;
}

function readOffset(reader: ByteReader): number {
  const constant = readConstant(reader);
  if (constant.type !== I32) throw new ModuleRefused("invalid", "a segment offset of another type");
  return constant.unsigned ?? 0;
}

function checkFits(offset: number, length: number, size: number): void {
  if (offset + length > size) {
    throw new ModuleRefused("segment-out-of-bounds", `segment at ${offset} of length ${length}`);
  }
}
