import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { digits } from "@deco-network/examples";
import { wtns } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedCircuits } from "../../scripts/circuits/circuits.ts";
import { type Compiled, compileCircuit } from "../../scripts/circuits/compile.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import { Constraints, FIELD, witnessValues } from "./support/constraints.ts";

const MILLIS = 60_000;
const BINDING = "1234567890123456789";

type Signals = Record<string, string | readonly string[]>;

const model = await digits.loadModel();
const seven = await digits.loadImage(digits.defaultImage);
const digit = { ...digits.modelSignals(model), ...digits.imageSignals(seven, 987654321n) };
const bag = { n: ["5", "0", "4294967295", "7"], salt: ["11", "12", "13", "14"] };

/** Statements that hold, with what the circuit must say of them, and inputs that it must refuse. */
const statements: Record<
  string,
  {
    readonly inputs: Signals;
    /** The same with another salt. */
    readonly salted: Signals;
    readonly output?: bigint;
    readonly refused: readonly Signals[];
  }
> = {
  cubic: {
    inputs: { x: "3", salt: "987654321" },
    salted: { salt: "1" },
    output: 51n,
    refused: [{ x: (2n ** 64n).toString() }, { x: (FIELD - 3n).toString() }],
  },
  "sum-of-squares": {
    inputs: { n: "5", salt: "123456789" },
    salted: { salt: "1" },
    refused: [{ n: (2n ** 32n).toString() }, { n: (FIELD - 1n).toString() }],
  },
  "sum-of-squares-bag": {
    inputs: bag,
    salted: { salt: bag.salt.with(3, "1") },
    refused: [
      { n: bag.n.with(0, (2n ** 32n).toString()) },
      { n: bag.n.with(3, (FIELD - 1n).toString()) },
    ],
  },
  "digit-classifier": {
    inputs: digit,
    salted: { salt: "1" },
    output: 7n,
    refused: [
      { image: digit.image.with(0, "8") },
      { image: digit.image.with(63, (FIELD - 1n).toString()) },
      { weight: digit.weight.with(0, "16") },
      { weight: digit.weight.with(1183, (FIELD - 1n).toString()) },
      { bias: digit.bias.with(0, "4096") },
      { bias: digit.bias.with(25, (FIELD - 1n).toString()) },
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
  const statement = statements[circuit.name];
  if (statement === undefined) throw new RangeError(`${circuit.name} has no statement here.`);
  let compiled: Compiled;
  let constraints: Constraints;

  beforeAll(async () => {
    compiled = await compileCircuit(circuit, join(folder, circuit.name));
    constraints = await Constraints.read(compiled.r1cs);
  }, 4 * MILLIS);

  const witnessOf = async (inputs: Signals) => {
    const file = { type: "mem" } as { type: "mem"; data?: Uint8Array };
    await wtns.calculate({ binding: BINDING, ...inputs }, compiled.wasm, file);
    return witnessValues(file.data ?? new Uint8Array());
  };

  it("holds for a right witness, with the signals where the policy expects them", async () => {
    const witness = await witnessOf(statement.inputs);
    expect(constraints.hold(witness)).toBe(true);
    // One, the two commitments, the binding.
    expect(witness[3]).toBe(BigInt(BINDING));
    if (statement.output !== undefined) expect(witness[2]).toBe(statement.output);
  });

  it("commits to the salt too", async () => {
    const [, first] = await witnessOf(statement.inputs);
    const [, second] = await witnessOf({ ...statement.inputs, ...statement.salted });
    expect(first).not.toBe(second);
  });

  it("refuses each signal of the witness, mutated", { timeout: 4 * MILLIS }, async () => {
    const witness = await witnessOf(statement.inputs);
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

  it.each(statement.refused)("has no witness for %o", async (inputs) => {
    await expect(witnessOf({ ...statement.inputs, ...inputs })).rejects.toThrow();
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
