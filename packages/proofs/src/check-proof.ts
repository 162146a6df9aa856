import { documentDigest } from "@deco-network/sdk";
import type { Hash, Hex } from "viem";

import type { BindingParameters } from "./binding.ts";
import { circuitIdOf } from "./circuit-id.ts";
import { provenResult, splitInput } from "./documents.ts";
import { ProofsError } from "./errors.ts";
import { decodeProof } from "./proof-bytes.ts";
import { parseVerificationKey } from "./verification-key.ts";
import { verifyProof } from "./verify.ts";

/** A proof with all that a policy judged it by. */
export interface ShownProof {
  /** The request's `policyData`. */
  readonly circuit: Hash;
  readonly verificationKey: Uint8Array;
  /** The task's input document. */
  readonly input: Uint8Array;
  /** Digest of the accepted result document. */
  readonly result: Hash;
  /** As given to `prove`. */
  readonly proof: Hex;
  readonly binding: BindingParameters;
}

/**
 * Judges a proof anew, as the policy did, without a chain.
 * @returns why it does not show the result; undefined when it does
 */
export async function refuteProof(
  { circuit, verificationKey, input, result, proof, binding }: ShownProof,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const key = parseVerificationKey(verificationKey);
    const id = circuitIdOf(key);
    if (id !== circuit) return `the key is of the circuit ${id}, the request names ${circuit}`;
    const decoded = decodeProof(key.system, proof);
    const { commitment } = splitInput(input);
    if (commitment !== decoded.input) return "the proof is of another input";
    if (documentDigest(provenResult(decoded.output)) !== result) {
      return "the proof is of another result";
    }
    const valid = await verifyProof(key, decoded, binding, signal);
    return valid ? undefined : "the proof does not verify for this task and provider";
  } catch (error) {
    if (!(error instanceof ProofsError)) throw error;
    return error.message;
  }
}
