import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedCircuits } from "../../scripts/circuits/circuits.ts";
import { type Compiled, compileCircuit } from "../../scripts/circuits/compile.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import { rightSignals, type Signals } from "../support/circuit-signals.ts";
import { Constraints, FIELD, witnessValues } from "./support/constraints.ts";

const MILLIS = 60_000;
const BINDING = "1234567890123456789";

const right = await rightSignals();
/** The signals of a circuit with one number of a list replaced. */
function replaced(circuit: string, list: string, index: number, value: bigint): Signals {
  const values = right[circuit]?.[list];
  if (!Array.isArray(values)) throw new RangeError(`${circuit} has no list ${list}.`);
  return { [list]: values.with(index, value.toString()) };
}

/** Statements that hold, with what the circuit must say of them, and inputs that it must refuse. */
const statements: Record<
  string,
  {
    /** What differs in the same with another salt. */
    readonly salted: Signals;
    readonly output?: bigint;
    readonly refused: readonly Signals[];
  }
> = {
  cubic: {
    salted: { salt: "1" },
    output: 51n,
    refused: [{ x: (2n ** 64n).toString() }, { x: (FIELD - 3n).toString() }],
  },
  "sum-of-squares": {
    salted: { salt: "1" },
    refused: [{ n: (2n ** 32n).toString() }, { n: (FIELD - 1n).toString() }],
  },
  "sum-of-squares-bag": {
    salted: replaced("sum-of-squares-bag", "salt", 3, 1n),
    refused: [
      replaced("sum-of-squares-bag", "n", 0, 2n ** 32n),
      replaced("sum-of-squares-bag", "n", 3, FIELD - 1n),
    ],
  },
  "digit-classifier": {
    salted: { salt: "1" },
    output: 7n,
    refused: [
      replaced("digit-classifier", "image", 0, 8n),
      replaced("digit-classifier", "image", 63, FIELD - 1n),
      replaced("digit-classifier", "weight", 0, 16n),
      replaced("digit-classifier", "weight", 1_183, FIELD - 1n),
      replaced("digit-classifier", "bias", 0, 4_096n),
      replaced("digit-classifier", "bias", 25, FIELD - 1n),
    ],
  },
};

let folder: string;
beforeAll(async () => {
  await mkdir(join(projectRoot, "cache"), { recursive: true });
  folder = await mkdtemp(join(projectRoot, "cache", "circuits-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(publishedCircuits)("$name", (circuit) => {
  const [inputs, statement] = [right[circuit.name], statements[circuit.name]];
  if (inputs === undefined || statement === undefined)
    throw new RangeError(`${circuit.name} has no statement here.`);
  let compiled: Compiled;
  let constraints: Constraints;

  beforeAll(async () => {
    compiled = await compileCircuit(circuit, join(folder, circuit.name));
    constraints = await Constraints.read(compiled.r1cs);
  }, 4 * MILLIS);

  const witnessOf = async (signals: Signals) => {
    const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
    await wtns.calculate({ binding: BINDING, ...signals }, compiled.wasm, file);
    return witnessValues(file.data ?? new Uint8Array());
  };

  it("holds for a right witness, with the signals where the policy expects them", async () => {
    const witness = await witnessOf(inputs);
    expect(constraints.hold(witness)).toBe(true);
    // One, the two commitments, the binding.
    expect(witness[3]).toBe(BigInt(BINDING));
    if (statement.output !== undefined) expect(witness[2]).toBe(statement.output);
  });

  it("commits to the salt too", async () => {
    const [, first] = await witnessOf(inputs);
    const [, second] = await witnessOf({ ...inputs, ...statement.salted });
    expect(first).not.toBe(second);
  });

  it("refuses each signal of the witness, mutated", { timeout: 4 * MILLIS }, async () => {
    const witness = await witnessOf(inputs);
    const survivors: string[] = [];
    let count = 0;
    for (let signal = 1; signal < witness.length; signal++) {
      const right = witness[signal] ?? 0n;
      const wrong = [right + 1n, FIELD - right, right * 7n + 3n, 0n, 1n].map((v) => v % FIELD);
      for (const value of new Set(wrong)) {
        // The binding's square is its negation's too. Both are free to be proven; which one is, the verifier fixes.
        if (value === right || (signal === 3 && value === FIELD - right)) continue;
        count += 1;
        const mutated = witness.with(signal, value);
        if (constraints.holdOf(signal, mutated)) survivors.push(`${signal} = ${value}`);
      }
    }
    process.stderr.write(
      `${circuit.name}: ${constraints.all.length} constraints, ${witness.length - 1} signals, ` +
        `${count} mutations refused\n`,
    );
    expect(count).toBeGreaterThan(3 * (witness.length - 1));
    expect(survivors).toEqual([]);
  });

  it.each(statement.refused)("has no witness for %o", async (wrong) => {
    await expect(witnessOf({ ...inputs, ...wrong })).rejects.toThrow();
  });
});

describe("sum of squares", () => {
  it("is what adding gives", async () => {
    const compiled = await compileCircuit(
      { name: "sum-of-squares", optimisation: "O1" },
      join(folder, "sums"),
    );
    const symbols = await symbolsOf(compiled.symbols);
    for (const n of [0, 1, 5, 100]) {
      const sum = Array.from({ length: n }, (_, i) => BigInt(i + 1) ** 2n).reduce(add, 0n);
      const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
      await wtns.calculate({ binding: "1", n: String(n), salt: "1" }, compiled.wasm, file);
      const witness = witnessValues(file.data ?? new Uint8Array());
      expect(witness[symbols.get("main.sum") ?? -1]).toBe(sum);
      if (n === 5) expect(sum).toBe(55n);
    }
  });
});

function add(a: bigint, b: bigint): bigint {
  return a + b;
}

async function symbolsOf(path: string): Promise<Map<string, number>> {
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [, index, , name] = line.split(",");
      return [name ?? "", Number(index)];
    }),
  );
}
