import { type BindingParameters, bindingOf } from "./binding.ts";
import type { DecodedProof } from "./proof-bytes.ts";
import { isSignal, type VerificationKey } from "./verification-key.ts";
import { type ProofLimits, runJob } from "./worker/run-job.ts";

const LIMITS: ProofLimits = { wallMillis: 60_000, memoryBytes: 512 * 2 ** 20 };

/** Whether a proof shows its commitments for a task of a provider; asks no chain. */
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
  return answer.kind === "verified" && answer.valid;
}
