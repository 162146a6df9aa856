/** Stable codes of {@link ProofsError}. */
export type ProofsErrorCode =
  /** The bytes are no verification key of three signals over BN254 by Groth16 or PLONK. */
  | "key-invalid"
  /** Gamma equals delta: nobody contributed to the key's second phase, and anybody forges its proofs. */
  | "key-forgeable"
  /** A number of the key begins with a zero byte, so the compiler makes other code of it. */
  | "key-not-deployable"
  /** The document does not begin with a commitment. */
  | "input-invalid"
  /** The bytes are no proof of this system. */
  | "proof-invalid"
  /** The circuit has no witness for these signals. */
  | "witness-refused"
  /** Proving took longer, or more memory, than it may. */
  | "limit-exceeded"
  /** Proving failed otherwise. */
  | "proving-failed";

/** Why a proof could not be made or looked at. A proof that does not verify is no error. */
export class ProofsError extends Error {
  override readonly name = "ProofsError";
  readonly code: ProofsErrorCode;
  readonly remedy: string;

  constructor(code: ProofsErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
