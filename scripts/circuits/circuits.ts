import { join } from "node:path";

import { projectRoot } from "../lib/project.ts";

/** A circuit of this repository whose keys are published. */
export interface PublishedCircuit {
  /** Of `circuits/main/NAME.circom`, of its folder of keys and of its verifier. */
  readonly name: string;
  readonly system: "groth16" | "plonk";
  /**
   * O2 folds linear constraints away, which Groth16 pays nothing for. PLONK pays for every addend, and gets a fourth of the
   * constraints from O1, which keeps them.
   */
  readonly optimisation: "O1" | "O2";
  /** Its powers of tau: it has fewer than 2^power constraints. */
  readonly power: number;
  /**
   * Contract that snarkjs emits for it, as a file of `contracts/policies/zk/verifiers`. One of each system is compiled; the code of
   * all others is that one with other numbers in it.
   */
  readonly verifier?: string;
  /** Whether its witness generator is published too, so that whoever proves needs no compiler. */
  readonly witness?: true;
}

export const publishedCircuits: readonly PublishedCircuit[] = [
  {
    name: "sum-of-squares",
    system: "groth16",
    optimisation: "O2",
    power: 10,
    verifier: "SumOfSquares.groth16.sol",
  },
  {
    name: "cubic",
    system: "plonk",
    optimisation: "O1",
    power: 10,
    verifier: "Cubic.plonk.sol",
  },
  { name: "sum-of-squares-bag", system: "groth16", optimisation: "O2", power: 13 },
  {
    name: "digit-classifier",
    system: "groth16",
    optimisation: "O2",
    power: 13,
    witness: true,
  },
];

/** The powers of tau in use, smallest first. */
export const POWERS = [...new Set(publishedCircuits.map(({ power }) => power))].sort(
  (a, b) => a - b,
);

/**
 * Up to this size powers are published ready for a second phase. Larger ones are published as their ceremony left them, a third
 * of the size; getting them ready takes a minute and no secret.
 */
export const LARGEST_PREPARED = 10;

export const circuitsFolder = join(projectRoot, "circuits");
export const keysFolder = join(circuitsFolder, "keys");
export const verifiersFolder = join(projectRoot, "contracts", "policies", "zk", "verifiers");

/** Published powers of tau. */
export function powersFile(power: number): string {
  return join(keysFolder, `powers-${power}.ptau`);
}

/** Files of a circuit's keys. */
export function keyFiles(name: string) {
  const folder = join(keysFolder, name);
  return {
    folder,
    proving: join(folder, "proving.zkey"),
    verification: join(folder, "verification-key.json"),
    /** Only of circuits that publish it. */
    witness: join(folder, "witness.wasm"),
  } as const;
}
