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
  /** Contract that snarkjs emits for it, as a file of `contracts/policies/zk/verifiers`. */
  readonly verifier: string;
}

export const publishedCircuits: readonly PublishedCircuit[] = [
  {
    name: "sum-of-squares",
    system: "groth16",
    optimisation: "O2",
    verifier: "SumOfSquares.groth16.sol",
  },
  { name: "cubic", system: "plonk", optimisation: "O1", verifier: "Cubic.plonk.sol" },
];

/** Size of the powers of tau that all of them share: 2^10 constraints. */
export const POWER = 10;

export const circuitsFolder = join(projectRoot, "circuits");
export const keysFolder = join(circuitsFolder, "keys");
export const powersFile = join(keysFolder, `powers-${POWER}.ptau`);
export const verifiersFolder = join(projectRoot, "contracts", "policies", "zk", "verifiers");

/** Files of a circuit's keys. */
export function keyFiles(name: string) {
  const folder = join(keysFolder, name);
  return {
    folder,
    proving: join(folder, "proving.zkey"),
    verification: join(folder, "verification-key.json"),
  } as const;
}
