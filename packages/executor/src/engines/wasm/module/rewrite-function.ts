import { ByteReader } from "./byte-reader.ts";
import { frameUnits } from "./frame-cost.ts";
import type { FuelMark } from "./fuel-segments.ts";
import type { InjectedIndexes } from "./injected.ts";
import { InstructionRewriter } from "./instruction-rewriter.ts";
import { MODULE_BOUNDS } from "./module-bounds.ts";
import { type ByteRange, functionType, type ParsedModule } from "./parsed-module.ts";
import { ModuleRefused } from "./refusal.ts";
import { type FunctionType, isFloat, readValueType, type ValueType } from "./value-types.ts";

/** A checked function, ready to be written with its charges. */
export interface RewrittenFunction {
  readonly type: FunctionType;
  /** Number of declaration groups and the range that holds them. */
  readonly localGroups: number;
  readonly localRange: ByteRange;
  /** Parameters and locals of the original function. */
  readonly locals: readonly ValueType[];
  /** Types of the locals that the rewriting adds, in order. */
  readonly temporaries: readonly ValueType[];
  /** Instructions without the final `end`. */
  readonly code: Uint8Array;
  readonly marks: readonly FuelMark[];
  /** Calls no function of the module. */
  readonly leaf: boolean;
  /** Function indexes of the direct calls, repeated as often as they occur. */
  readonly callees: readonly number[];
  /** Stack units of the frame by itself. */
  readonly units: number;
}

/** Passes over a function before all float locals are taken as inexact. */
const EXACTNESS_PASSES = 4;

/**
 * Checks one function's body and rewrites it.
 *
 * Float locals that only ever receive exact values keep their NaN bits. Which they are is found
 * by assuming it of all, and repeating without those for which the pass showed otherwise.
 * @throws ModuleRefused when the body is invalid or uses what is not allowed.
 */
export function rewriteFunction(
  module: ParsedModule,
  position: number,
  injected: InjectedIndexes,
): RewrittenFunction {
  const type = functionType(module, module.imports.length + position);
  const body = module.bodies[position];
  if (type === undefined || body === undefined) {
    throw new ModuleRefused("malformed", "function without body");
  }
  const reader = new ByteReader(module.bytes, body.start, body.end);
  const { locals, localGroups, localRange } = readLocals(type, reader);
  const codeStart = reader.offset;

  const inexact = new Set<number>(type.params.keys());
  for (let pass = 1; ; pass++) {
    if (pass === EXACTNESS_PASSES) {
      locals.forEach((local, index) => {
        if (isFloat(local)) inexact.add(index);
      });
    }
    const known = inexact.size;
    const code = new ByteReader(module.bytes, codeStart, body.end);
    const rewriter = new InstructionRewriter(module, injected, type, locals, inexact);
    rewriter.run(code);
    if (inexact.size > known) continue;
    const units = frameUnits({
      params: type.params.length,
      locals: locals.length - type.params.length + rewriter.temporaries.length,
      maxHeight: rewriter.maxHeight,
      values: rewriter.values,
    });
    if (units > MODULE_BOUNDS.frameUnits) {
      throw new ModuleRefused("frame-too-large", `function ${position} needs ${units} units`);
    }
    return {
      type,
      localGroups,
      localRange,
      locals,
      temporaries: rewriter.temporaries,
      code: rewriter.code,
      marks: rewriter.marks,
      leaf: rewriter.leaf,
      callees: rewriter.callees,
      units,
    };
  }
}

function readLocals(type: FunctionType, reader: ByteReader) {
  const locals: ValueType[] = [...type.params];
  const localGroups = reader.count(MODULE_BOUNDS.locals, "groups of locals");
  const start = reader.offset;
  for (let group = 0; group < localGroups; group++) {
    const count = reader.u32();
    const local = readValueType(reader);
    if (locals.length + count > MODULE_BOUNDS.locals) {
      throw new ModuleRefused("too-large", "too many locals in one function");
    }
    for (let index = 0; index < count; index++) locals.push(local);
  }
  return { locals, localGroups, localRange: { start, end: reader.offset } };
}
