import { ByteWriter } from "./byte-writer.ts";
import { chargedUnits } from "./frame-cost.ts";
import {
  INJECTED_EXPORTS,
  type InjectedFunction,
  type InjectedIndexes,
  writeEntryCharge,
  writeFuelCharge,
  writeStackRelease,
} from "./injected.ts";
import { OP } from "./instructions.ts";
import type { ByteRange, ParsedModule } from "./parsed-module.ts";
import type { RewrittenFunction } from "./rewrite-function.ts";
import { type FunctionType, I32, I64 } from "./value-types.ts";

/** What the injected globals begin with. */
export interface Allowance {
  readonly fuel: bigint;
  readonly stackUnits: number;
}

const VOID = 0x40;
const MUTABLE = 1;
const EXPORT_FUNCTION = 0;
const EXPORT_MEMORY = 2;
const EXPORT_GLOBAL = 3;

/** Writes the metered module: the original's sections with the injected items appended. */
export function writeModule(
  module: ParsedModule,
  rewritten: readonly RewrittenFunction[],
  injected: {
    readonly indexes: InjectedIndexes;
    readonly functions: readonly InjectedFunction[];
    readonly allowance: Allowance;
    readonly memory: { readonly initial: number; readonly maximum: number };
  },
): Uint8Array {
  const types = new TypeAppender(module);
  const functionTypes = injected.functions.map(({ type }) => types.indexOf(type));
  const code = writeCode(module, rewritten, injected, types);

  const out = new ByteWriter(module.bytes.length * 2);
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, content: ByteWriter) => out.byte(id).sized(content.view);
  const copied = (id: number, count: number, range: ByteRange | undefined) => {
    if (range === undefined) return;
    section(id, new ByteWriter().u32(count).copy(module.bytes, range.start, range.end));
  };
  section(1, types.section());
  copied(2, module.imports.length, module.raw.imports);
  const functions = extended(
    module,
    module.raw.functions,
    module.functions.length,
    functionTypes.length,
  );
  for (const index of functionTypes) functions.u32(index);
  section(3, functions);
  copied(4, 1, module.raw.table);
  section(
    5,
    new ByteWriter().bytes([1, 1]).u32(injected.memory.initial).u32(injected.memory.maximum),
  );
  section(6, writeGlobals(module, injected.allowance));
  section(7, writeExports(module, injected.indexes));
  copied(9, module.elementSegments, module.raw.elements);
  if (module.dataCount !== undefined) section(12, new ByteWriter().u32(module.dataCount));
  section(10, code);
  copied(11, module.dataSegments, module.raw.data);
  return out.view;
}

/** The original entries of a section with a count that leaves room for `added` more. */
function extended(
  module: ParsedModule,
  range: ByteRange | undefined,
  count: number,
  added: number,
): ByteWriter {
  const out = new ByteWriter().u32(count + added);
  return range === undefined ? out : out.copy(module.bytes, range.start, range.end);
}

/** The type section with the function types that the injected code needs. */
class TypeAppender {
  readonly #module: ParsedModule;
  readonly #added: FunctionType[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(module: ParsedModule) {
    this.#module = module;
  }

  indexOf(type: FunctionType): number {
    const key = `${type.params}>${type.results}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#module.types.length + this.#added.push(type) - 1;
    this.#indexes.set(key, index);
    return index;
  }

  section(): ByteWriter {
    const { types, raw } = this.#module;
    const out = extended(this.#module, raw.types, types.length, this.#added.length);
    for (const { params, results } of this.#added) {
      out.byte(0x60).u32(params.length).bytes(params).u32(results.length).bytes(results);
    }
    return out;
  }
}

function writeGlobals(module: ParsedModule, allowance: Allowance): ByteWriter {
  const out = extended(module, module.raw.globals, module.globals.length, 3);
  out.bytes([I64, MUTABLE, OP.i64Const]).signed(allowance.fuel).byte(OP.end);
  out.bytes([I64, MUTABLE, OP.i64Const]).signed(allowance.stackUnits).byte(OP.end);
  return out.bytes([I32, MUTABLE, OP.i32Const, 0, OP.end]);
}

/** Only what the host uses; other exports of the original have no effect and are left out. */
function writeExports(module: ParsedModule, indexes: InjectedIndexes): ByteWriter {
  const exports: (readonly [name: string, kind: number, index: number])[] = [
    ["memory", EXPORT_MEMORY, 0],
    ["_start", EXPORT_FUNCTION, module.entry ?? 0],
    [INJECTED_EXPORTS.fuel, EXPORT_GLOBAL, indexes.fuelGlobal],
    [INJECTED_EXPORTS.stack, EXPORT_GLOBAL, indexes.stackGlobal],
    [INJECTED_EXPORTS.growth, EXPORT_GLOBAL, indexes.growthGlobal],
  ];
  if (module.start !== undefined) {
    exports.push([INJECTED_EXPORTS.start, EXPORT_FUNCTION, module.start]);
  }
  const out = new ByteWriter().u32(exports.length);
  for (const [name, kind, index] of exports) out.name(name).byte(kind).u32(index);
  return out;
}

function writeCode(
  module: ParsedModule,
  rewritten: readonly RewrittenFunction[],
  injected: { readonly indexes: InjectedIndexes; readonly functions: readonly InjectedFunction[] },
  types: TypeAppender,
): ByteWriter {
  const imported = module.imports.length;
  const leafUnits = (functionIndex: number) => {
    const callee = rewritten[functionIndex - imported];
    return callee?.leaf ? callee.units : 0;
  };
  const out = new ByteWriter(module.bytes.length * 2);
  out.u32(rewritten.length + injected.functions.length);
  for (const one of rewritten) {
    out.sized(writeBody(module, one, chargedUnits(one, leafUnits), injected.indexes, types));
  }
  for (const { locals, code } of injected.functions) {
    const body = new ByteWriter().u32(locals.length);
    for (const local of locals) body.u32(1).byte(local);
    out.sized(body.bytes(code).byte(OP.end).view);
  }
  return out;
}

/**
 * One function's body. A function that calls others charges its frame on entry and releases it
 * behind a block around the original code, which every `return` leaves by a branch.
 */
function writeBody(
  module: ParsedModule,
  rewritten: RewrittenFunction,
  units: number,
  indexes: InjectedIndexes,
  types: TypeAppender,
): Uint8Array {
  const fuelLocal = rewritten.locals.length + rewritten.temporaries.length;
  const temporaries = [...rewritten.temporaries, I64, ...(rewritten.leaf ? [] : [I64])];
  const out = new ByteWriter(rewritten.code.length * 3 + 64);
  out.u32(rewritten.localGroups + temporaries.length);
  out.copy(module.bytes, rewritten.localRange.start, rewritten.localRange.end);
  for (const type of temporaries) out.u32(1).byte(type);

  const { marks, code } = rewritten;
  const entry = marks[0]?.cost ?? 0;
  if (rewritten.leaf) {
    writeFuelCharge(out, indexes, entry, fuelLocal);
  } else {
    const locals = { fuel: fuelLocal, stack: fuelLocal + 1 };
    writeEntryCharge(out, indexes, { cost: entry, units }, locals);
    out.byte(OP.block);
    writeBlockType(out, rewritten.type, types);
  }
  let written = 0;
  for (const { at, cost } of marks.slice(1)) {
    out.copy(code, written, at);
    written = at;
    if (cost > 0) writeFuelCharge(out, indexes, cost, fuelLocal);
  }
  out.copy(code, written, code.length);
  if (!rewritten.leaf) {
    out.byte(OP.end);
    writeStackRelease(out, indexes, units);
  }
  return out.byte(OP.end).view;
}

function writeBlockType(out: ByteWriter, type: FunctionType, types: TypeAppender): void {
  const [first, ...rest] = type.results;
  if (first === undefined) out.byte(VOID);
  else if (rest.length === 0) out.byte(first);
  else out.signed(types.indexOf({ params: [], results: type.results }));
}
