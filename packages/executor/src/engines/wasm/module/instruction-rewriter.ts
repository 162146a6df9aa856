import type { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { type FuelMark, FuelSegments } from "./fuel-segments.ts";
import { type InjectedIndexes, writeCountCharge } from "./injected.ts";
import { BULK, COST, OP, PLAIN, type PlainInstruction, PREFIXED_PLAIN } from "./instructions.ts";
import { MODULE_BOUNDS } from "./module-bounds.ts";
import { functionType, type ParsedModule } from "./parsed-module.ts";
import { readConstantOperand } from "./read-constant.ts";
import { ModuleRefused } from "./refusal.ts";
import { invalid, type Operand, TypeChecker } from "./type-checker.ts";
import { unsupportedOpcode, unsupportedPrefixed } from "./unsupported-opcode.ts";
import {
  F32,
  type FunctionType,
  I32,
  isFloat,
  isValueType,
  readValueType,
  sameTypes,
  type ValueType,
} from "./value-types.ts";

/** The canonical NaNs: quiet bit only, sign clear; little-endian constants with their opcode. */
const CANONICAL_F32 = [OP.f32Const, 0x00, 0x00, 0xc0, 0x7f];
const CANONICAL_F64 = [OP.f64Const, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
const F32_EQ = 0x5b;
const F64_EQ = 0x61;

/**
 * Checks the instructions of one function and emits them again: unreachable ones left out,
 * `return` as a branch (so that code can follow the body), growth and bulk operations charged
 * by size, and NaNs made canonical where their bits could be seen.
 */
export class InstructionRewriter {
  readonly callees: number[] = [];
  readonly temporaries: ValueType[] = [];
  leaf = true;
  /** Instructions that produce a value worth keeping. */
  values = 0;

  readonly #module: ParsedModule;
  readonly #injected: InjectedIndexes;
  readonly #type: FunctionType;
  readonly #locals: readonly ValueType[];
  /** Locals whose NaN bits are unknown; grows where a pass finds more. */
  readonly #inexact: Set<number>;
  readonly #checker = new TypeChecker();
  readonly #segments = new FuelSegments();
  readonly #out = new ByteWriter();
  #flowEdges = 0;
  #openLoops = 0;

  constructor(
    module: ParsedModule,
    injected: InjectedIndexes,
    type: FunctionType,
    locals: readonly ValueType[],
    inexact: Set<number>,
  ) {
    this.#module = module;
    this.#injected = injected;
    this.#type = type;
    this.#locals = locals;
    this.#inexact = inexact;
  }

  get code(): Uint8Array {
    return this.#out.view;
  }

  get marks(): readonly FuelMark[] {
    return this.#segments.marks;
  }

  get maxHeight(): number {
    return this.#checker.maxHeight;
  }

  run(reader: ByteReader): void {
    this.#segments.open(0);
    this.#segments.charge(COST.call + Math.ceil(this.#locals.length / COST.localsPerUnit));
    this.#checker.enter("function", { params: [], results: this.#type.results }, 0);
    while (this.#checker.frames.length > 0) this.#instruction(reader);
    if (!reader.done) throw reader.malformed("code behind the end of a function");
  }

  #instruction(reader: ByteReader): void {
    const start = reader.offset;
    const opcode = reader.byte();
    const plain = PLAIN[opcode];
    if (plain !== undefined) this.#plain(plain, reader, start);
    else if (opcode >= OP.br && opcode <= OP.callIndirect) this.#jump(opcode, reader, start);
    else if (opcode <= OP.end) this.#structure(opcode, reader, start);
    else this.#other(opcode, reader, start);
  }

  #structure(opcode: number, reader: ByteReader, start: number): void {
    switch (opcode) {
      case OP.unreachable:
        this.#emit(reader, start, COST.simple);
        this.#checker.markUnreachable();
        break;
      case OP.nop:
        break;
      case OP.block:
      case OP.loop:
      case OP.if:
        this.#enter(opcode, reader, start);
        break;
      case OP.else:
        this.#else();
        break;
      case OP.end:
        this.#end();
        break;
      default:
        throw unsupportedOpcode(opcode, reader);
    }
  }

  #jump(opcode: number, reader: ByteReader, start: number): void {
    switch (opcode) {
      case OP.return:
        this.#return();
        break;
      case OP.brTable:
        this.#branchTable(reader, start);
        break;
      case OP.br:
      case OP.brIf:
        this.#branch(opcode, reader, start);
        break;
      default:
        this.#call(opcode, reader, start);
    }
  }

  #other(opcode: number, reader: ByteReader, start: number): void {
    switch (opcode) {
      case OP.localGet:
      case OP.localSet:
      case OP.localTee:
        this.#local(opcode, reader, start);
        break;
      case OP.globalGet:
      case OP.globalSet:
        this.#global(opcode, reader, start);
        break;
      case OP.prefixed:
        this.#prefixed(reader, start);
        break;
      case OP.memorySize:
      case OP.memoryGrow:
        this.#memoryPages(opcode, reader, start);
        break;
      case OP.drop:
        this.#checker.pop();
        this.#emit(reader, start, 0);
        break;
      case OP.select:
      case OP.selectTyped:
        this.#select(opcode, reader, start);
        break;
      default:
        this.#constant(opcode, reader, start);
    }
  }

  /** Copies the instruction that began at `start` and charges it, unless it cannot be reached. */
  #emit(reader: ByteReader, start: number, cost: number): void {
    if (!this.#checker.live) return;
    this.#out.copy(reader.bytes, start, reader.offset);
    this.#segments.charge(cost);
  }

  #plain(instruction: PlainInstruction, reader: ByteReader, start: number): void {
    if (instruction.alignment !== undefined) this.#memoryArgument(instruction.alignment, reader);
    const { params, results } = instruction;
    const top = this.#checker.pop(params.at(-1));
    if (instruction.observesTop) this.#canonicalise(top);
    const first = params.length > 1 ? this.#checker.pop(params[0]) : top;
    this.#emit(reader, start, instruction.cost);
    const result = results[0];
    if (result === undefined) return;
    this.values += 1;
    this.#checker.push(
      result,
      instruction.nan === "exact" || (instruction.nan === "carries" && first.exact),
    );
  }

  #memoryArgument(maxAlignment: number, reader: ByteReader): void {
    this.#needMemory();
    const alignment = reader.u32();
    reader.u32();
    if (alignment >= 0x40 && alignment < 0x80) {
      throw new ModuleRefused("multi-memory", "names a memory in a load or store");
    }
    if (alignment > maxAlignment) throw invalid("alignment beyond the natural one");
  }

  #needMemory(): void {
    if (this.#module.memory === undefined) throw invalid("memory instruction without memory");
  }

  /** Replaces a NaN on top of the stack by the canonical one, where its bits are not exact. */
  #canonicalise(top: Operand): void {
    if (top.exact || !this.#checker.live) return;
    const [constant, equal] = top.type === F32 ? [CANONICAL_F32, F32_EQ] : [CANONICAL_F64, F64_EQ];
    if (top.type === 0 || !isFloat(top.type)) return;
    const temporary = this.#temporary(top.type);
    this.#out.byte(OP.localTee).u32(temporary).bytes(constant);
    this.#out.byte(OP.localGet).u32(temporary).byte(OP.localGet).u32(temporary);
    this.#out.byte(equal).byte(OP.select);
    this.#segments.charge(COST.simple);
  }

  #temporary(type: ValueType): number {
    const known = this.temporaries.indexOf(type);
    return this.#locals.length + (known >= 0 ? known : this.temporaries.push(type) - 1);
  }

  #countFlow(edges: number): void {
    this.#flowEdges += edges;
    if (this.#flowEdges * this.#locals.length > MODULE_BOUNDS.flowSlots) {
      throw new ModuleRefused("too-large", "too many branches in a function of so many locals");
    }
    if (this.#openLoops > MODULE_BOUNDS.loopNesting) {
      throw new ModuleRefused("too-large", "loops are nested too deeply");
    }
  }

  #enter(opcode: number, reader: ByteReader, start: number): void {
    if (opcode === OP.loop) this.#openLoops += 1;
    this.#countFlow(1);
    const type = this.#blockType(reader);
    if (opcode === OP.if) this.#checker.pop(I32);
    this.#checker.popAll(type.params);
    this.#emit(reader, start, opcode === OP.if ? COST.simple : 0);
    const live = this.#checker.live;
    const kind = opcode === OP.if ? "if" : opcode === OP.loop ? "loop" : "block";
    this.#checker.enter(kind, type, this.#segments.current);
    if (live && opcode !== OP.block) this.#segments.open(this.#out.length);
  }

  #blockType(reader: ByteReader): FunctionType {
    const code = reader.bytes[reader.offset] ?? 0;
    if (code === 0x40) {
      reader.byte();
      return { params: [], results: [] };
    }
    if (code > 0x40 && code < 0x80) {
      return { params: [], results: [readValueType(reader)] };
    }
    const index = reader.signed(33);
    const type = index < 0n ? undefined : this.#module.types[Number(index)];
    if (type === undefined) throw invalid("unknown block type");
    return type;
  }

  #else(): void {
    const frame = this.#checker.leave();
    if (frame.kind !== "if") throw invalid("else without if");
    if (frame.live) this.#out.byte(OP.else);
    this.#checker.enter("else", frame, frame.segment);
    this.#checker.frame.escapes = frame.escapes;
    if (frame.live) this.#segments.open(this.#out.length);
  }

  #end(): void {
    const frame = this.#checker.leave();
    if (frame.kind === "loop") this.#openLoops -= 1;
    if (frame.kind === "if" && !sameTypes(frame.params, frame.results)) {
      throw invalid("if without else must leave what it took");
    }
    if (frame.kind === "function") return;
    this.#checker.pushAll(frame.results);
    if (!frame.live) return;
    this.#out.byte(OP.end);
    if (frame.escapes) this.#segments.open(this.#out.length);
    else this.#segments.resume(frame.segment);
  }

  /** A branch to the function's own label, since code may follow the body. */
  #return(): void {
    this.#countFlow(1);
    const checker = this.#checker;
    const outermost = checker.frames.length - 1;
    checker.popAll(this.#type.results);
    if (checker.live) {
      this.#out.byte(OP.br).u32(outermost);
      this.#segments.charge(COST.simple);
      checker.markEscape(outermost);
    }
    checker.markUnreachable();
  }

  #branch(opcode: number, reader: ByteReader, start: number): void {
    const checker = this.#checker;
    this.#countFlow(1);
    const depth = reader.u32();
    const types = checker.label(depth);
    if (opcode === OP.brIf) checker.pop(I32);
    checker.popAll(types);
    this.#emit(reader, start, COST.simple);
    if (checker.live) checker.markEscape(depth);
    if (opcode === OP.br) {
      checker.markUnreachable();
      return;
    }
    checker.pushAll(types);
    if (checker.live) this.#segments.open(this.#out.length);
  }

  #branchTable(reader: ByteReader, start: number): void {
    const checker = this.#checker;
    const count = reader.count(MODULE_BOUNDS.branchTargets, "branch targets");
    this.#countFlow(count + 1);
    const targets = Array.from({ length: count + 1 }, () => reader.u32());
    checker.pop(I32);
    const arity = checker.label(targets.at(-1) as number).length;
    for (const target of targets) {
      const types = checker.label(target);
      if (types.length !== arity) throw invalid("branch targets of different arity");
      // Popped and pushed back, so that each target's types are checked.
      const popped = types.map((_, index) => checker.pop(types[arity - 1 - index]));
      for (const value of popped.reverse()) checker.push(value.type, value.exact);
    }
    checker.popAll(checker.label(targets.at(-1) as number));
    this.#emit(reader, start, COST.branchTable);
    if (checker.live) checker.markEscape(Math.max(...targets));
    checker.markUnreachable();
  }

  #call(opcode: number, reader: ByteReader, start: number): void {
    const index = reader.u32();
    const direct = opcode === OP.call;
    const type = direct ? functionType(this.#module, index) : this.#module.types[index];
    if (type === undefined) throw invalid("call of an unknown function or type");
    if (!direct) {
      if (this.#module.tableSize === undefined) throw invalid("indirect call without table");
      if (reader.u32() !== 0) throw new ModuleRefused("reference-types", "calls by another table");
      this.#checker.pop(I32);
    }
    this.#checker.popAll(type.params);
    this.#emit(reader, start, direct ? COST.simple : COST.callIndirect);
    this.values += type.results.length;
    this.#checker.pushAll(type.results);
    if (!this.#checker.live) return;
    if (direct && index < this.#module.imports.length) return;
    this.leaf = false;
    if (direct) this.callees.push(index);
  }

  #local(opcode: number, reader: ByteReader, start: number): void {
    const index = reader.u32();
    const type = this.#locals[index];
    if (type === undefined) throw invalid(`unknown local ${index}`);
    if (opcode !== OP.localGet) {
      const value = this.#checker.pop(type);
      if (!value.exact && isFloat(type)) this.#inexact.add(index);
    }
    this.#emit(reader, start, COST.simple);
    if (opcode !== OP.localSet) this.#checker.push(type, !this.#inexact.has(index));
  }

  #global(opcode: number, reader: ByteReader, start: number): void {
    const global = this.#module.globals[reader.u32()];
    if (global === undefined) throw invalid("unknown global");
    if (opcode === OP.globalGet) {
      this.values += 1;
      this.#emit(reader, start, COST.simple);
      this.#checker.push(global.type, false);
      return;
    }
    if (!global.mutable) throw invalid("assignment to a constant global");
    this.#checker.pop(global.type);
    this.#emit(reader, start, COST.simple);
  }

  #memoryPages(opcode: number, reader: ByteReader, start: number): void {
    this.#needMemory();
    if (reader.byte() !== 0) throw new ModuleRefused("multi-memory", "names another memory");
    this.values += 1;
    if (opcode === OP.memoryGrow) {
      this.#checker.pop(I32);
      if (this.#checker.live) {
        this.#out.byte(OP.call).u32(this.#injected.growFunction);
        this.#segments.charge(COST.call);
      }
    } else {
      this.#emit(reader, start, COST.simple);
    }
    this.#checker.push(I32, true);
  }

  #prefixed(reader: ByteReader, start: number): void {
    const code = reader.u32();
    const plain = PREFIXED_PLAIN[code];
    if (plain !== undefined) this.#plain(plain, reader, start);
    else if (code === BULK.dataDrop || code === BULK.elemDrop)
      this.#dropSegment(code, reader, start);
    else this.#bulk(code, reader, start);
  }

  #dropSegment(code: number, reader: ByteReader, start: number): void {
    if (code === BULK.dataDrop) this.#needData(reader);
    else this.#needElements(reader);
    this.#emit(reader, start, COST.simple);
  }

  /** An operation on many bytes or entries, charged by its length, which is the top operand. */
  #bulk(code: number, reader: ByteReader, start: number): void {
    const table = code === BULK.tableInit || code === BULK.tableCopy;
    switch (code) {
      case BULK.memoryInit:
        this.#needData(reader);
        break;
      case BULK.tableInit:
        this.#needElements(reader);
        break;
      case BULK.memoryCopy:
      case BULK.tableCopy:
        this.#zero(reader, table);
        break;
      case BULK.memoryFill:
        break;
      default:
        throw unsupportedPrefixed(code);
    }
    this.#zero(reader, table);
    this.#checker.popAll([I32, I32, I32]);
    if (!this.#checker.live) return;
    const length = this.#temporary(I32);
    this.#out.byte(OP.localTee).u32(length);
    writeCountCharge(this.#out, this.#injected, table ? COST.tableEntry : COST.byte, length);
    this.#emit(reader, start, COST.slow);
  }

  #needData(reader: ByteReader): void {
    if (this.#module.dataCount === undefined) throw invalid("data count section required");
    if (reader.u32() >= this.#module.dataCount) throw invalid("unknown data segment");
  }

  #needElements(reader: ByteReader): void {
    if (reader.u32() >= this.#module.elementSegments) throw invalid("unknown elements");
  }

  /** The index of the one memory or table, which must be there. */
  #zero(reader: ByteReader, table: boolean): void {
    const there = table ? this.#module.tableSize : this.#module.memory;
    if (there === undefined) throw invalid("bulk instruction without memory or table");
    if (reader.u32() === 0) return;
    throw new ModuleRefused(table ? "reference-types" : "multi-memory", "names another index");
  }

  #constant(opcode: number, reader: ByteReader, start: number): void {
    const constant = readConstantOperand(opcode, reader);
    if (constant === undefined) throw unsupportedOpcode(opcode, reader);
    this.#emit(reader, start, COST.simple);
    this.#checker.push(constant.type, true);
  }

  #select(opcode: number, reader: ByteReader, start: number): void {
    let wanted: ValueType | undefined;
    if (opcode === OP.selectTyped) {
      if (reader.u32() !== 1) throw invalid("select of several values");
      wanted = readValueType(reader);
    }
    this.#checker.pop(I32);
    const second = this.#checker.pop(wanted);
    const first = this.#checker.pop(wanted);
    if (first.type !== 0 && second.type !== 0 && first.type !== second.type) {
      throw invalid("select of two types");
    }
    this.values += 1;
    this.#emit(reader, start, COST.simple);
    const type = wanted ?? (isValueType(first.type) ? first.type : second.type);
    this.#checker.push(type, first.exact && second.exact);
  }
}
