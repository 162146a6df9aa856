import type { Hash } from "viem";

import type { PublicPoint } from "../evidence.ts";
import type { P256Signature } from "../proof.ts";

/** A key on P-256 that signs results, wherever it is kept. */
export interface Signer {
  /** Where it is kept: `tpm` leaves the key no way out, `software` is for local networks. */
  readonly kind: "tpm" | "software";
  readonly point: PublicPoint;
  /**
   * Signs the SHA-256 of a message.
   * @returns the signature with the low s
   * @throws AttestError `tpm-failed`, `signer-invalid`
   */
  sign(message: Uint8Array, signal: AbortSignal): Promise<P256Signature>;
}

/** What a proof names beside its signature. */
export interface EnrolledKey {
  /** Id of the enrolment. */
  readonly id: Hash;
  readonly measurement: Hash;
}
