import { MODULE_BOUNDS } from "./module-bounds.ts";
import { ModuleRefused } from "./refusal.ts";
import { typeName, type ValueType } from "./value-types.ts";

export type FrameKind = "function" | "block" | "loop" | "if" | "else";

/** One open block of the function under check. */
export interface ControlFrame {
  readonly kind: FrameKind;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Height of the operand stack below the block. */
  readonly height: number;
  /** The rest of the block cannot be reached. */
  unreachable: boolean;
  /** The block itself can be reached, hence is emitted. */
  readonly live: boolean;
  /** Fuel segment that was open where the block begins. */
  readonly segment: number;
  /** A branch inside leads past the block's end. */
  escapes: boolean;
}

/** An operand: its type code (0 where any type fits) and whether its NaN bits are exact. */
export interface Operand {
  readonly type: ValueType | 0;
  readonly exact: boolean;
}

const ANY: Operand = { type: 0, exact: true };
const OPERANDS = new Map<number, Operand>();

function operand(type: ValueType, exact: boolean): Operand {
  const key = type * 2 + Number(exact);
  const known = OPERANDS.get(key);
  if (known) return known;
  const created = { type, exact };
  OPERANDS.set(key, created);
  return created;
}

/**
 * The validation algorithm of the WebAssembly specification's appendix: an operand stack and a
 * control stack. Operands also carry whether their NaN bits can differ between machines.
 */
export class TypeChecker {
  readonly frames: ControlFrame[] = [];
  readonly #operands: Operand[] = [];
  #maxHeight = 0;

  get maxHeight(): number {
    return this.#maxHeight;
  }

  get frame(): ControlFrame {
    return this.frames[this.frames.length - 1] as ControlFrame;
  }

  /** Whether the next instruction can be reached. */
  get live(): boolean {
    const frame = this.frame;
    return frame.live && !frame.unreachable;
  }

  push(type: ValueType | 0, exact: boolean): void {
    this.#operands.push(type === 0 ? ANY : operand(type, exact));
    if (this.#operands.length > this.#maxHeight) this.#maxHeight = this.#operands.length;
  }

  /** Pushes values whose NaN bits are unknown, such as those that come from elsewhere. */
  pushAll(types: readonly ValueType[]): void {
    for (const type of types) this.push(type, false);
  }

  pop(expected?: ValueType): Operand {
    const frame = this.frame;
    if (this.#operands.length === frame.height) {
      if (frame.unreachable) return ANY;
      throw invalid("operand missing");
    }
    const found = this.#operands.pop() as Operand;
    if (expected !== undefined && found.type !== 0 && found.type !== expected) {
      throw invalid(`${typeName(found.type)} where ${typeName(expected)} is wanted`);
    }
    return found;
  }

  popAll(types: readonly ValueType[]): void {
    for (let index = types.length - 1; index >= 0; index--) this.pop(types[index]);
  }

  enter(
    kind: FrameKind,
    type: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] },
    segment: number,
  ): void {
    if (this.frames.length > MODULE_BOUNDS.nesting) {
      throw new ModuleRefused("too-large", "blocks are nested too deeply");
    }
    this.frames.push({
      kind,
      params: type.params,
      results: type.results,
      height: this.#operands.length,
      unreachable: false,
      live: this.frames.length === 0 || this.live,
      segment,
      escapes: false,
    });
    if (kind !== "function") this.pushAll(type.params);
  }

  /** Closes the innermost block, without pushing its results. */
  leave(): ControlFrame {
    const frame = this.frame;
    this.popAll(frame.results);
    if (this.#operands.length !== frame.height) throw invalid("operands left over");
    this.frames.pop();
    return frame;
  }

  markUnreachable(): void {
    const frame = this.frame;
    this.#operands.length = frame.height;
    frame.unreachable = true;
  }

  /** Types that a branch to the label at `depth` carries. */
  label(depth: number): readonly ValueType[] {
    const frame = this.frames[this.frames.length - 1 - depth];
    if (frame === undefined) throw invalid(`branch to unknown label ${depth}`);
    return frame.kind === "loop" ? frame.params : frame.results;
  }

  /** Notes that a branch leaves every block within the label at `depth`. */
  markEscape(depth: number): void {
    const top = this.frames.length - 1;
    for (let distance = 0; distance < depth; distance++) {
      const frame = this.frames[top - distance] as ControlFrame;
      if (frame.escapes) continue;
      frame.escapes = true;
    }
  }
}

export function invalid(detail: string): ModuleRefused {
  return new ModuleRefused("invalid", detail);
}
