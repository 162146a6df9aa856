import { readFile } from "node:fs/promises";

/** Order of BN254's scalar field. */
export const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

type Combination = ReadonlyArray<readonly [signal: number, factor: bigint]>;
type Constraint = readonly [a: Combination, b: Combination, c: Combination];

/** A rank-1 constraint system as circom writes it, read by nothing of snarkjs. */
export class Constraints {
  readonly all: readonly Constraint[];
  /** Constraints in which a signal stands. */
  readonly #of = new Map<number, Constraint[]>();

  private constructor(all: readonly Constraint[]) {
    this.all = all;
    for (const constraint of all) {
      const signals = new Set(constraint.flatMap((side) => side.map(([signal]) => signal)));
      for (const signal of signals) {
        this.#of.set(signal, [...(this.#of.get(signal) ?? []), constraint]);
      }
    }
  }

  static async read(path: string): Promise<Constraints> {
    const sections = sectionsOf(await readFile(path));
    const count = section(sections, 1).readUInt32LE(4 + 32 + 4 * 4 + 8);
    const bytes = section(sections, 2);
    let at = 0;
    const combination = (): Combination => {
      const terms = bytes.readUInt32LE(at);
      at += 4;
      return Array.from({ length: terms }, () => {
        const term = [bytes.readUInt32LE(at), little(bytes, at + 4)] as const;
        at += 36;
        return term;
      });
    };
    return new Constraints(
      Array.from({ length: count }, () => [combination(), combination(), combination()] as const),
    );
  }

  /** Whether the whole system holds. */
  hold(witness: readonly bigint[]): boolean {
    return this.all.every((constraint) => holds(constraint, witness));
  }

  /** Whether whatever says something of this signal holds. */
  holdOf(signal: number, witness: readonly bigint[]): boolean {
    return (this.#of.get(signal) ?? []).every((constraint) => holds(constraint, witness));
  }
}

/** The values of a witness file; the first is 1. */
export function witnessValues(file: Uint8Array): bigint[] {
  const values = section(sectionsOf(Buffer.from(file)), 2);
  return Array.from({ length: values.length / 32 }, (_, index) => little(values, index * 32));
}

function holds([a, b, c]: Constraint, witness: readonly bigint[]): boolean {
  const value = (side: Combination) =>
    side.reduce((sum, [signal, factor]) => sum + factor * (witness[signal] ?? 0n), 0n);
  return (value(a) * value(b) - value(c)) % FIELD === 0n;
}

/** iden3's binary files: magic, version, then sections by number. */
function sectionsOf(file: Buffer): Map<number, Buffer> {
  const sections = new Map<number, Buffer>();
  let at = 12;
  for (let left = file.readUInt32LE(8); left > 0; left--) {
    const length = Number(file.readBigUInt64LE(at + 4));
    sections.set(file.readUInt32LE(at), file.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  return sections;
}

function section(sections: Map<number, Buffer>, number: number): Buffer {
  const found = sections.get(number);
  if (found === undefined) throw new RangeError(`The file has no section ${number}.`);
  return found;
}

function little(bytes: Buffer, at: number): bigint {
  return BigInt(
    `0x${Buffer.from(bytes.subarray(at, at + 32))
      .reverse()
      .toString("hex")}`,
  );
}
