import type { X509Certificate } from "node:crypto";

import { type VerifiedDcap, verifyDcap } from "./dcap/verify-dcap.ts";
import { AttestError } from "./errors.ts";
import type { Evidence, KeyBinding } from "./evidence.ts";
import { type VerifiedTpm, verifyTpm } from "./tpm/verify-tpm.ts";

export type VerifiedEvidence = VerifiedTpm | VerifiedDcap;

export interface Trust {
  /** Roots of makers of TPMs. */
  readonly roots: readonly X509Certificate[];
  /** Second at which everything must be valid. */
  readonly at: number;
  /** Default: `ACCEPTED_TCB`. */
  readonly acceptedTcb?: readonly string[];
}

/**
 * Verifies the evidence of a key, of whatever kind.
 * @throws AttestError
 */
export function verifyEvidence(
  evidence: Evidence,
  binding: KeyBinding,
  trust: Trust,
): VerifiedEvidence {
  if (evidence.provider !== binding.provider) {
    throw new AttestError(
      "key-mismatch",
      `The evidence is of provider ${evidence.provider}, not of ${binding.provider}.`,
      "Quote again for the provider that will use the key.",
    );
  }
  if (evidence.kind === "tpm") return verifyTpm(evidence, binding, trust);
  return verifyDcap(evidence, binding, trust.at, trust.acceptedTcb);
}
