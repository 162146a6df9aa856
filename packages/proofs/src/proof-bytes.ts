import { type Hex, hexToBytes, toHex } from "viem";

import { ProofsError } from "./errors.ts";
import type { ProofSystem } from "./verification-key.ts";

/** A proof as snarkjs has it. */
export type ProofJson = Record<string, unknown>;

/** A proof as a policy takes it, taken apart. */
export interface DecodedProof {
  readonly input: bigint;
  readonly output: bigint;
  readonly proof: ProofJson;
}

const PLONK_POINTS = ["A", "B", "C", "Z", "T1", "T2", "T3", "Wxi", "Wxiw"] as const;
const PLONK_VALUES = ["eval_a", "eval_b", "eval_c", "eval_s1", "eval_s2", "eval_zw"] as const;
const WORD = 32;

/**
 * What `prove` takes: both commitments, the words of the proof, the rest of the input document.
 * @param rest See `splitInput`.
 */
export function encodeProof(
  system: ProofSystem,
  { input, output, proof }: DecodedProof,
  rest: Uint8Array,
): Hex {
  const words = [
    input,
    output,
    ...(system === "groth16" ? groth16Words(proof) : plonkWords(proof)),
  ];
  const head = words.map((word) => toHex(word, { size: WORD }).slice(2)).join("");
  return `0x${head}${toHex(rest).slice(2)}`;
}

/**
 * The opposite of {@link encodeProof}.
 * @throws ProofsError `proof-invalid` when there are too few words
 */
export function decodeProof(system: ProofSystem, bytes: Hex): DecodedProof {
  const count = 2 + (system === "groth16" ? 8 : 24);
  const all = hexToBytes(bytes);
  if (all.length < count * WORD) {
    throw new ProofsError("proof-invalid", "The proof is too short.", "Take all of its bytes.");
  }
  const words = Array.from({ length: count }, (_, index) =>
    BigInt(toHex(all.subarray(index * WORD, (index + 1) * WORD))).toString(),
  );
  const [input = "", output = "", ...rest] = words;
  const proof = system === "groth16" ? groth16Proof(rest) : plonkProof(rest);
  return { input: BigInt(input), output: BigInt(output), proof };
}

/** Ethereum's precompile takes the halves of a G2 coordinate in the other order. */
function groth16Words(proof: ProofJson): bigint[] {
  const [b0 = [], b1 = []] = proof["pi_b"] as string[][];
  const b = [...b0.toReversed(), ...b1.toReversed()].map(BigInt);
  return [...point(proof["pi_a"]), ...b, ...point(proof["pi_c"])];
}

function groth16Proof(words: readonly string[]): ProofJson {
  const [ax, ay, b0i, b0r, b1i, b1r, cx, cy] = words;
  return {
    pi_a: [ax, ay, "1"],
    pi_b: [
      [b0r, b0i],
      [b1r, b1i],
      ["1", "0"],
    ],
    pi_c: [cx, cy, "1"],
    ...{ protocol: "groth16", curve: "bn128" },
  };
}

function plonkWords(proof: ProofJson): bigint[] {
  const values = PLONK_VALUES.map((name) => BigInt(proof[name] as string));
  return [...PLONK_POINTS.flatMap((name) => point(proof[name])), ...values];
}

function plonkProof(words: readonly string[]): ProofJson {
  const points = PLONK_POINTS.map((name, index) => [
    name,
    [...words.slice(2 * index, 2 * index + 2), "1"],
  ]);
  const values = PLONK_VALUES.map((name, index) => [name, words[2 * PLONK_POINTS.length + index]]);
  return { ...Object.fromEntries([...points, ...values]), protocol: "plonk", curve: "bn128" };
}

function point(value: unknown): bigint[] {
  return (value as string[]).slice(0, 2).map(BigInt);
}
