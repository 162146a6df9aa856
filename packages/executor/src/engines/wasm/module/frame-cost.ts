import type { RewrittenFunction } from "./rewrite-function.ts";

/** Units that every frame costs: return address, saved registers, instance, alignment. */
const BASE_UNITS = 16;
/** Instructions whose values an optimising compiler may keep alive across a call, per unit. */
const VALUES_PER_UNIT = 8;

/**
 * Bytes of native stack reserved for one unit. A baseline compiler needs 8 bytes for each local
 * and operand; an optimising one may keep a value of every instruction alive, which the units
 * count at one for eight, hence 64.
 */
export const STACK_BYTES_PER_UNIT = 64;

/**
 * Stack units of a function's own frame. Parameters count twice, since caller and callee may
 * each hold a copy.
 */
export function frameUnits(shape: {
  readonly params: number;
  readonly locals: number;
  readonly maxHeight: number;
  readonly values: number;
}): number {
  const values = Math.ceil(shape.values / VALUES_PER_UNIT);
  return BASE_UNITS + 2 * shape.params + shape.locals + shape.maxHeight + values;
}

/**
 * Units charged on entry: the function's own frame and, because a compiler may inline them into
 * it, the frames of the leaf functions it calls. Leaf functions themselves are not charged; one
 * of them at most lies on top of the stack.
 */
export function chargedUnits(
  rewritten: RewrittenFunction,
  leafUnits: (functionIndex: number) => number,
): number {
  return rewritten.callees.reduce((sum, callee) => sum + leafUnits(callee), rewritten.units);
}
