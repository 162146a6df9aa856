import { ByteReader } from "./byte-reader.ts";
import { MAX_PAGES, MODULE_BOUNDS } from "./module-bounds.ts";
import { functionType, type ParsedModule } from "./parsed-module.ts";
import { readConstant } from "./read-constant.ts";
import { readSegments } from "./read-segments.ts";
import { ModuleRefused } from "./refusal.ts";
import {
  FUNCREF,
  type FunctionType,
  isValueType,
  readValueType,
  unsupportedType,
} from "./value-types.ts";

export const WASI_MODULE = "wasi_snapshot_preview1";
/** Names that begin so belong to the exports that metering adds. */
export const RESERVED_PREFIX = "deco:";

/** Section ids in the order in which they must appear. */
const SECTION_ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/**
 * Reads the sections of a binary module, keeping what the rewriter needs.
 * @throws ModuleRefused with the first reason found.
 */
export function readModule(bytes: Uint8Array): ParsedModule {
  if (bytes.length > MODULE_BOUNDS.moduleBytes) {
    throw new ModuleRefused("too-large", `module of ${bytes.length} bytes`);
  }
  const reader = new ByteReader(bytes);
  readHeader(reader);
  const module: ParsedModule = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    globals: [],
    exportsMemory: false,
    elementSegments: 0,
    dataSegments: 0,
    bodies: [],
    raw: {},
  };
  let position = -1;
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.window(reader.u32());
    if (id === 0) {
      section.name();
      continue;
    }
    const next = SECTION_ORDER.indexOf(id);
    if (next < 0) throw new ModuleRefused("unsupported-section", `section with id ${id}`);
    if (next <= position) throw reader.malformed("section out of order");
    position = next;
    SECTIONS[id]?.(module, section);
    if (!section.done) throw section.malformed("section longer than its content");
  }
  checkWhole(module);
  return module;
}

function readHeader(reader: ByteReader): void {
  const header = Array.from({ length: 8 }, () => reader.byte());
  if (header.slice(0, 4).join() !== "0,97,115,109") throw reader.malformed("no WebAssembly magic");
  const version = header.slice(4).join();
  if (version === "1,0,0,0") return;
  if (header[6] === 1) throw new ModuleRefused("component", "is a component, not a core module");
  throw reader.malformed("unknown version");
}

/** The reader of each section, by id. */
const SECTIONS: Readonly<Record<number, (module: ParsedModule, reader: ByteReader) => void>> = {
  1: readTypes,
  2: readImports,
  3: readFunctions,
  4: readTables,
  5: readMemories,
  6: readGlobals,
  7: readExports,
  8: (module, reader) => {
    module.start = reader.u32();
  },
  9: (module, reader) => readSegments(module, "elements", reader),
  10: readBodies,
  11: (module, reader) => readSegments(module, "data", reader),
  12: (module, reader) => {
    module.dataCount = reader.u32();
  },
  13: () => {
    throw new ModuleRefused("exceptions", "has a tag section");
  },
};

function readTypes(module: ParsedModule, reader: ByteReader): void {
  const count = reader.count(MODULE_BOUNDS.types, "types");
  module.raw.types = { start: reader.offset, end: reader.end };
  for (let index = 0; index < count; index++) {
    const form = reader.byte();
    if (form !== 0x60) {
      if (form >= 0x4c && form <= 0x5f) throw new ModuleRefused("gc", "defines a composite type");
      throw reader.malformed("unknown form of type");
    }
    module.types.push({ params: readTypeList(reader), results: readTypeList(reader) });
  }
}

function readTypeList(reader: ByteReader): FunctionType["params"] {
  const count = reader.count(MODULE_BOUNDS.arity, "parameters or results");
  return Array.from({ length: count }, () => readValueType(reader));
}

function readImports(module: ParsedModule, reader: ByteReader): void {
  const count = reader.count(MODULE_BOUNDS.imports, "imports");
  module.raw.imports = { start: reader.offset, end: reader.end };
  for (let index = 0; index < count; index++) {
    const from = reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (from !== WASI_MODULE || kind !== 0) {
      const what = ["function", "table", "memory", "global", "tag"][kind] ?? "item";
      throw new ModuleRefused("import-not-allowed", `imports the ${what} "${from}"."${name}"`);
    }
    module.imports.push({ name, typeIndex: readTypeIndex(module, reader) });
  }
}

function readTypeIndex(module: ParsedModule, reader: ByteReader): number {
  const index = reader.u32();
  if (index >= module.types.length) throw reader.malformed("unknown type");
  return index;
}

function readFunctions(module: ParsedModule, reader: ByteReader): void {
  const count = reader.count(MODULE_BOUNDS.functions, "functions");
  module.raw.functions = { start: reader.offset, end: reader.end };
  for (let index = 0; index < count; index++) {
    module.functions.push(readTypeIndex(module, reader));
  }
}

function readTables(module: ParsedModule, reader: ByteReader): void {
  const count = reader.u32();
  if (count === 0) return;
  if (count > 1) throw new ModuleRefused("reference-types", "has more than one table");
  module.raw.table = { start: reader.offset, end: reader.end };
  const type = reader.byte();
  if (type !== FUNCREF) {
    if (type === 0x40) throw new ModuleRefused("gc", "initialises a table by an expression");
    throw unsupportedType(isValueType(type) ? 0 : type);
  }
  const { initial, maximum } = readLimits(reader);
  if (initial > MODULE_BOUNDS.tableEntries) {
    throw new ModuleRefused("too-large", `table of ${initial} entries`);
  }
  if (maximum !== undefined && maximum < initial) throw reader.malformed("table maximum too small");
  module.tableSize = initial;
}

function readMemories(module: ParsedModule, reader: ByteReader): void {
  const count = reader.u32();
  if (count === 0) return;
  if (count > 1) throw new ModuleRefused("multi-memory", "has more than one memory");
  const { initial, maximum } = readLimits(reader);
  if (initial > MAX_PAGES || (maximum ?? 0) > MAX_PAGES) throw reader.malformed("memory too large");
  if (maximum !== undefined && maximum < initial)
    throw reader.malformed("memory maximum too small");
  module.memory = maximum === undefined ? { initial } : { initial, maximum };
}

function readLimits(reader: ByteReader): { initial: number; maximum?: number } {
  const flags = reader.byte();
  if (flags & 0x08) throw new ModuleRefused("custom-page-sizes", "declares a custom page size");
  if (flags & 0x04) throw new ModuleRefused("memory64", "declares 64-bit limits");
  if (flags & 0x02) throw new ModuleRefused("shared-memory", "declares a shared memory");
  if (flags > 1) throw reader.malformed("unknown limits");
  const initial = reader.u32();
  return flags === 1 ? { initial, maximum: reader.u32() } : { initial };
}

function readGlobals(module: ParsedModule, reader: ByteReader): void {
  const count = reader.count(MODULE_BOUNDS.globals, "globals");
  module.raw.globals = { start: reader.offset, end: reader.end };
  for (let index = 0; index < count; index++) {
    const type = readValueType(reader);
    const mutability = reader.byte();
    if (mutability > 1) {
      if (mutability & 2) throw new ModuleRefused("threads", "declares a shared global");
      throw reader.malformed("unknown mutability");
    }
    const constant = readConstant(reader);
    if (constant.type !== type) throw new ModuleRefused("invalid", "global of another type");
    module.globals.push({ type, mutable: mutability === 1 });
  }
}

function readExports(module: ParsedModule, reader: ByteReader): void {
  const count = reader.count(MODULE_BOUNDS.exports, "exports");
  const names = new Set<string>();
  const sizes = [
    module.imports.length + module.functions.length,
    module.tableSize === undefined ? 0 : 1,
    module.memory === undefined ? 0 : 1,
    module.globals.length,
  ];
  for (let position = 0; position < count; position++) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (names.has(name)) throw new ModuleRefused("invalid", `exports "${name}" twice`);
    names.add(name);
    if (kind === 4) throw new ModuleRefused("exceptions", "exports a tag");
    const size = sizes[kind];
    if (size === undefined) throw reader.malformed("unknown kind of export");
    if (index >= size) throw new ModuleRefused("invalid", `exports an unknown item as "${name}"`);
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new ModuleRefused("reserved-export", `exports "${name}"`);
    }
    if (name === "memory" && kind === 2) module.exportsMemory = true;
    if (name === "_start" && kind === 0) module.entry = index;
  }
}

function readBodies(module: ParsedModule, reader: ByteReader): void {
  const count = reader.u32();
  if (count !== module.functions.length) throw reader.malformed("function without body");
  for (let index = 0; index < count; index++) {
    const size = reader.count(MODULE_BOUNDS.functionBytes, "bytes in one function");
    const start = reader.skip(size);
    module.bodies.push({ start, end: start + size });
  }
}

/** Checks that concern more than one section. */
function checkWhole(module: ParsedModule): void {
  if (module.bodies.length !== module.functions.length) {
    throw new ModuleRefused("malformed", "function without body");
  }
  if (module.dataCount !== undefined && module.dataCount !== module.dataSegments) {
    throw new ModuleRefused("malformed", "data count differs from data section");
  }
  if (!module.exportsMemory) throw new ModuleRefused("missing-memory", 'no memory "memory"');
  if (module.entry === undefined) throw new ModuleRefused("missing-start", 'no function "_start"');
  for (const index of [module.entry, module.start]) {
    if (index === undefined) continue;
    const type = functionType(module, index);
    if (type === undefined) throw new ModuleRefused("invalid", "unknown start function");
    if (type.params.length > 0 || type.results.length > 0) {
      throw new ModuleRefused("missing-start", "a start function with parameters or results");
    }
  }
}
