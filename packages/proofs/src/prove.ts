import { type BindingParameters, bindingOf } from "./binding.ts";
import { ProofsError } from "./errors.ts";
import type { ProofJson } from "./proof-bytes.ts";
import { isSignal, type ProofSystem } from "./verification-key.ts";
import type { Answer } from "./worker/messages.ts";
import { type ProofLimits, runJob } from "./worker/run-job.ts";

/** What makes proofs of a circuit. */
export interface CircuitFiles {
  readonly system: ProofSystem;
  /** circom's witness generator, a WebAssembly module. */
  readonly witness: SharedArrayBuffer;
  readonly provingKey: SharedArrayBuffer;
}

/** A proof with what it shows. */
export interface MadeProof {
  readonly proof: ProofJson;
  readonly input: bigint;
  readonly output: bigint;
}

/**
 * What signals commit to, by the circuit's own arithmetic; costs a small part of a proof.
 * @throws ProofsError `witness-refused`, `limit-exceeded`, `proving-failed`
 */
export async function commitmentsOf(
  { system, witness }: Pick<CircuitFiles, "system" | "witness">,
  inputs: Record<string, unknown>,
  limits: ProofLimits,
  signal: AbortSignal,
): Promise<{ readonly input: bigint; readonly output: bigint }> {
  // The commitments do not depend on whom the proof will be for.
  const signals = { ...inputs, binding: "0" };
  const answer = await runJob({ kind: "witness", system, witness, signals }, limits, signal);
  if (answer.kind !== "witnessed") throw refusal(answer);
  const [input = "0", output = "0"] = answer.signals;
  return { input: BigInt(input), output: BigInt(output) };
}

/**
 * Makes the witness and the proof of one task, for one provider.
 * @param inputs The circuit's private signals; the binding is added.
 * @throws ProofsError `witness-refused`, `limit-exceeded`, `proving-failed`
 */
export async function prove(
  { system, witness, provingKey }: CircuitFiles,
  inputs: Record<string, unknown>,
  binding: BindingParameters,
  limits: ProofLimits,
  signal: AbortSignal,
): Promise<MadeProof> {
  const bound = bindingOf(binding);
  const signals = { ...inputs, binding: bound.toString() };
  const job = { kind: "prove", system, witness, provingKey, signals } as const;
  const answer = await runJob(job, limits, signal);
  if (answer.kind !== "proven") throw refusal(answer);
  const [input, output, third, ...more] = answer.signals.map(BigInt);
  if (input === undefined || output === undefined || third !== bound || more.length > 0) {
    throw new ProofsError(
      "proving-failed",
      "The circuit's public signals are not two commitments and the binding.",
      "Declare both commitments as outputs, in this order, and the binding as the only public input.",
    );
  }
  if (!isSignal(input) || !isSignal(output)) throw new RangeError("A signal is out of the field.");
  return { proof: answer.proof, input, output };
}

function refusal(answer: Answer): ProofsError {
  const refused = answer.kind === "failed" && answer.step === "witness";
  return new ProofsError(
    refused ? "witness-refused" : "proving-failed",
    answer.kind === "failed" ? answer.detail : "The worker answered something else.",
    refused ? "Give the circuit the inputs that its header asks for." : "Look at the message.",
  );
}
