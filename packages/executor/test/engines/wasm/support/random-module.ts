import { random } from "../../../support/random.ts";

const LOCALS = 4;
const MAX_DEPTH = 4;

/**
 * A random module without imports, as text: functions that call later ones, nested blocks,
 * counted loops, branches and returns at any place. It always ends, since every loop counts
 * down a global and branches out when that is used up; division may trap.
 */
export function randomModule(seed: number): string {
  const next = random(seed);
  const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T;
  const functions = 2 + next(4);

  const value = (depth: number, self: number): string => {
    if (depth <= 0) {
      return pick([`(i32.const ${next(2_000) - 1_000})`, `(local.get ${next(LOCALS)})`]);
    }
    const inner = () => value(depth - 1 - next(2), self);
    switch (next(9)) {
      case 0:
        return `(i32.load offset=${next(256) * 4} (i32.and ${inner()} (i32.const 0x3fc)))`;
      case 1:
        return `(local.tee ${next(LOCALS)} ${inner()})`;
      case 2:
        return `(if (result i32) ${inner()} (then ${inner()}) (else ${inner()}))`;
      case 3:
        return `(select ${inner()} ${inner()} ${inner()})`;
      case 4:
        return self + 1 < functions
          ? `(call $f${self + 1 + next(functions - self - 1)} ${inner()} ${inner()})`
          : inner();
      case 5:
        return `(i32.wrap_i64 (i64.mul (i64.extend_i32_s ${inner()}) (i64.extend_i32_u ${inner()})))`;
      case 6: {
        const divisor = next(8) === 0 ? inner() : `(i32.or ${inner()} (i32.const 1))`;
        return `(i32.${pick(["div_s", "rem_u"])} ${inner()} ${divisor})`;
      }
      default:
        return `(i32.${pick(["add", "sub", "mul", "xor", "and", "shl", "lt_s", "eq"])} ${inner()} ${inner()})`;
    }
  };

  const statement = (depth: number, labels: readonly string[], self: number): string => {
    const some = () => value(1 + next(3), self);
    if (depth <= 0) return `(local.set ${next(LOCALS)} ${some()})`;
    const label = `$l${depth}_${next(1_000_000)}`;
    const body = (count: number, inside = labels) =>
      Array.from({ length: 1 + next(count) }, () => statement(depth - 1, inside, self)).join(" ");
    switch (next(9)) {
      case 0:
        return `(block ${label} ${body(4, [...labels, label])})`;
      case 1:
        return `(block ${label}x (loop ${label}
          (br_if ${label}x (i32.le_s (global.get $left) (i32.const 0)))
          (global.set $left (i32.sub (global.get $left) (i32.const 1)))
          ${body(3, [...labels, label, `${label}x`])}
          (br_if ${label} ${some()})))`;
      case 2:
        return `(if ${some()} (then ${body(3)}) (else ${body(2)}))`;
      case 3:
        return `(if ${some()} (then ${body(3)}))`;
      case 4:
        return labels.length > 0 ? `(br_if ${pick(labels)} ${some()})` : body(2);
      case 5:
        return labels.length > 0 && next(3) === 0
          ? `(if ${some()} (then ${body(2)} (br ${pick(labels)}) ${body(2)}))`
          : `(i32.store (i32.and ${some()} (i32.const 0x7fc)) ${some()})`;
      case 6:
        return next(3) === 0 ? `(if ${some()} (then (return ${some()})))` : body(2);
      case 7:
        return labels.length > 1
          ? `(block ${label} (br_table ${label} ${pick(labels)} ${pick(labels)} ${some()}))`
          : body(2);
      default:
        return `(local.set ${next(LOCALS)} ${some()})`;
    }
  };

  const bodies = Array.from({ length: functions }, (_, self) => {
    const statements = Array.from({ length: 3 + next(4) }, () => statement(MAX_DEPTH, [], self));
    return `(func $f${self} (param i32 i32) (result i32) (local i32 i32)
      ${statements.join("\n")} ${value(2, self)})`;
  });
  return `(module (memory (export "memory") 1) (global $left (mut i32) (i32.const 200))
    ${bodies.join("\n")}
    (func (export "_start")
      (i32.store (i32.const 4096) (call $f0 (i32.const ${next(100)}) (i32.const ${next(100)})))))`;
}
