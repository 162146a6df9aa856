import { injectedFunctions, injectedIndexes } from "./injected.ts";
import { MAX_PAGES, PAGE_BYTES } from "./module-bounds.ts";
import type { ParsedModule } from "./parsed-module.ts";
import { readModule } from "./read-module.ts";
import { ModuleRefused } from "./refusal.ts";
import { rewriteFunction } from "./rewrite-function.ts";
import { type FunctionType, sameTypes } from "./value-types.ts";
import { writeModule } from "./write-module.ts";

/** What a metered module may use. */
export interface MeterLimits {
  /** Fuel for one run, at most 2^62. */
  readonly fuel: bigint;
  /** Stack units for one run; see `frame-cost.ts`. */
  readonly stackUnits: number;
  /** Size that the linear memory may reach. */
  readonly memoryBytes: number;
}

/**
 * Checks a module against everything that is allowed and returns it with metering injected.
 * The result is a function of the arguments alone, so that every machine runs the same code.
 * @param imports Functions that may be imported, by name, with their types.
 * @throws ModuleRefused with the first reason found.
 */
export function meterModule(
  bytes: Uint8Array,
  imports: ReadonlyMap<string, FunctionType>,
  limits: MeterLimits,
): Uint8Array {
  const module = readModule(bytes);
  checkImports(module, imports);
  const memory = boundedMemory(module, limits.memoryBytes);
  const indexes = injectedIndexes(module);
  const rewritten = module.bodies.map((_, index) => rewriteFunction(module, index, indexes));
  return writeModule(module, rewritten, {
    indexes,
    functions: injectedFunctions(indexes, memory.maximum),
    allowance: limits,
    memory,
  });
}

function checkImports(module: ParsedModule, allowed: ReadonlyMap<string, FunctionType>): void {
  for (const { name, typeIndex } of module.imports) {
    const expected = allowed.get(name);
    if (expected === undefined) {
      throw new ModuleRefused("import-not-allowed", `imports the function "${name}"`);
    }
    const type = module.types[typeIndex];
    if (
      type === undefined ||
      !sameTypes(type.params, expected.params) ||
      !sameTypes(type.results, expected.results)
    ) {
      throw new ModuleRefused("import-type", `imports "${name}" with another type`);
    }
  }
}

function boundedMemory(module: ParsedModule, memoryBytes: number) {
  const limit = Math.min(MAX_PAGES, Math.floor(memoryBytes / PAGE_BYTES));
  const { initial, maximum = limit } = module.memory ?? { initial: 0 };
  if (initial > limit) {
    throw new ModuleRefused("memory-limit", `needs ${initial} pages at once, ${limit} allowed`);
  }
  return { initial, maximum: Math.min(maximum, limit) };
}
