/** Stable codes of {@link AttestError}. */
export type AttestErrorCode =
  /** The bytes or the document are no evidence in a form that is known. */
  | "evidence-invalid"
  /** A signature of the evidence does not verify: it was changed, or is another key's. */
  | "signature-invalid"
  /** The quote answers another question: it was made for another key, provider, chain or registry. */
  | "nonce-mismatch"
  /** What the quote says was measured is not what the evidence lists, or not what is accepted. */
  | "measurement-mismatch"
  /** The key that was attested may leave its TPM, or signs in any state of the machine. */
  | "key-unprotected"
  /** The attested key is not the one that is asked for. */
  | "key-mismatch"
  /** The certificates do not lead to a trusted root at this time. */
  | "chain-untrusted"
  /** The platform's firmware is revoked or out of date beyond what is accepted. */
  | "tcb-unacceptable"
  /** The answer to a challenge is not the secret: the attestation key is not in that TPM. */
  | "activation-failed"
  /** A TPM tool failed, or is not installed. */
  | "tpm-failed"
  /** The registry or the policy does not take it. */
  | "enrolment-refused"
  /** The key file cannot be used. */
  | "signer-invalid";

/** Why evidence, a signature or a signer is refused. */
export class AttestError extends Error {
  override readonly name = "AttestError";
  readonly code: AttestErrorCode;
  readonly remedy: string;

  constructor(code: AttestErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
