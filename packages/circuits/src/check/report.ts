import type { Hash } from "viem";

/** What is looked at, in this order. */
export const CHECKS = [
  /** The source compiles to the constraints that document and transcript name. */
  "constraints",
  /** The witness generator is what the compiler makes of the source. */
  "witness-generator",
  /** Each contribution to the powers of tau proves itself, and they are those of the transcript. */
  "powers-of-tau",
  /** The proving key is of these constraints and powers; each contribution to it proves itself. */
  "proving-key",
  /** Who contributed to the key, and with which beacon, is as the transcript tells. */
  "contributions",
  /** The verification key is the proving key's. */
  "verification-key",
  /** Somebody contributed: gamma is not delta. */
  "key-contributed",
  /** The id follows from the verification key, and is the document's. */
  "circuit-id",
  /** The contract's code is that of the verification key's verifier. */
  "verifier-code",
  /** The policy serves the circuit by that contract. */
  "registration",
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface CircuitCheck {
  readonly name: CheckName;
  /** Skipped when what it needs could not be had, because another check failed. */
  readonly status: "passed" | "failed" | "skipped";
  readonly detail: string;
}

/** What was found, and what of the circuit follows from its own artefacts. */
export interface CircuitFindings {
  readonly checks: readonly CircuitCheck[];
  /** Undefined when there is no usable verification key. */
  readonly circuit?: Hash;
  readonly system?: "groth16" | "plonk";
  /** SHA-256 of the constraints made from the source. */
  readonly constraints?: Hash;
  /** Version of the compiler that made them. */
  readonly circom: string;
}

/** Whether every check passed. */
export function isSound(checks: readonly CircuitCheck[]): boolean {
  return checks.length > 0 && checks.every(({ status }) => status === "passed");
}

/** What no check here shows. */
export function trustedOf({ system, circom }: CircuitFindings): string[] {
  return [
    "that the source says what its header says: read it",
    `circom ${circom}, snarkjs, and the verifier that snarkjs emits`,
    ...(system === "groth16"
      ? [
          "that one of the contributors to the key forgot its randomness, and that the beacon was not known before the last of them",
        ]
      : []),
    "that one of the contributors to the powers of tau forgot its randomness, and that their beacon was not known before the last of them",
    "that the names of contributors are theirs: nothing in a ceremony shows who somebody is",
    "BN254, its pairings, and the proof system",
  ];
}
