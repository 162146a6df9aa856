import { FIELD } from "./binding.ts";
import { ProofsError } from "./errors.ts";

export type ProofSystem = "groth16" | "plonk";

/** A key as snarkjs exports it, and its numbers in the order of {@link keyWords}. */
export interface VerificationKey {
  readonly system: ProofSystem;
  readonly json: Record<string, unknown>;
  readonly words: readonly bigint[];
}

/** Input commitment, output commitment, binding. */
export const SIGNALS = 3;

/**
 * Reads a verification key.
 * @throws ProofsError `key-invalid`, `key-forgeable`
 */
export function parseVerificationKey(bytes: Uint8Array): VerificationKey {
  const json = parse(bytes);
  const system = json["protocol"];
  if ((system !== "groth16" && system !== "plonk") || json["curve"] !== "bn128") {
    throw invalid("it is of another system or curve");
  }
  if (json["nPublic"] !== SIGNALS) throw invalid(`it has not ${SIGNALS} public signals`);
  const words = keyWords(system, json);
  if (system === "groth16") {
    const [gamma, delta] = [words.slice(6, 10), words.slice(10, 14)];
    if (gamma.every((word, index) => word === delta[index])) {
      throw new ProofsError(
        "key-forgeable",
        "The key's gamma equals its delta: anybody forges its proofs.",
        "Contribute to the second phase of its setup, then export it again.",
      );
    }
  }
  return { system, json, words };
}

/** Groth16: alpha, beta, gamma, delta, the points of the signals. PLONK: selectors, permutations, the point of tau. */
function keyWords(system: ProofSystem, json: Record<string, unknown>): bigint[] {
  const g1 = (name: string) => pointOf(json[name]);
  const g2 = (name: string) => listOf(json[name]).slice(0, 2).flatMap(pointOf);
  if (system === "plonk") {
    return [...["Qm", "Ql", "Qr", "Qo", "Qc", "S1", "S2", "S3"].flatMap(g1), ...g2("X_2")];
  }
  const signals = listOf(json["IC"]);
  if (signals.length !== SIGNALS + 1) throw invalid("it has another number of signals");
  const groups = ["vk_beta_2", "vk_gamma_2", "vk_delta_2"].flatMap(g2);
  return [...g1("vk_alpha_1"), ...groups, ...signals.flatMap(pointOf)];
}

function pointOf(value: unknown): bigint[] {
  return listOf(value)
    .slice(0, 2)
    .map((text) => {
      if (typeof text !== "string" || !/^[0-9]{1,78}$/.test(text))
        throw invalid("a number is none");
      return BigInt(text);
    });
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length < 2) throw invalid("a point is missing");
  return value;
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw invalid("it is no JSON", cause);
  }
  throw invalid("it is no object");
}

function invalid(why: string, cause?: unknown): ProofsError {
  return new ProofsError(
    "key-invalid",
    `The verification key cannot be used: ${why}.`,
    "Export it with snarkjs from a Groth16 or PLONK key of a circuit with three public signals.",
    cause,
  );
}

/** Whether a number is a signal: below the order of the field. */
export function isSignal(value: bigint): boolean {
  return value >= 0n && value < FIELD;
}
