import { type BindingParameters, bindingOf } from "./binding.ts";
import { ProofsError } from "./errors.ts";
import type { DecodedProof } from "./proof-bytes.ts";
import { isSignal, type VerificationKey } from "./verification-key.ts";
import { type ProofLimits, runJob } from "./worker/run-job.ts";

const LIMITS: ProofLimits = { wallMillis: 60_000, memoryBytes: 512 * 2 ** 20 };

/**
 * Whether a proof shows its commitments for a task of a provider; asks no chain.
 * @throws ProofsError `proof-invalid` when it cannot even be looked at: a number is too large, a point on no curve
 */
export async function verifyProof(
  { system, json }: VerificationKey,
  { input, output, proof }: DecodedProof,
  binding: BindingParameters,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isSignal(input) || !isSignal(output)) return false;
  const signals = [input, output, bindingOf(binding)].map(String);
  const job = { kind: "verify", system, key: json, signals, proof } as const;
  const answer = await runJob(job, LIMITS, signal);
  if (answer.kind !== "verified") {
    const detail = answer.kind === "failed" ? answer.detail : answer.kind;
    throw new ProofsError("proof-invalid", detail, "Take the proof as it was sent.");
  }
  return answer.valid;
}
