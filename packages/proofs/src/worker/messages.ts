import type { ProofJson } from "../proof-bytes.ts";
import type { ProofSystem } from "../verification-key.ts";

/** What a worker is asked, once. Files are shared memory, so that several proofs need one key. */
export type Job =
  | {
      readonly kind: "prove";
      readonly system: ProofSystem;
      readonly witness: SharedArrayBuffer;
      readonly provingKey: SharedArrayBuffer;
      readonly signals: Record<string, unknown>;
    }
  | {
      /** The commitments alone: that the signals are a witness. */
      readonly kind: "witness";
      readonly system: ProofSystem;
      readonly witness: SharedArrayBuffer;
      readonly signals: Record<string, unknown>;
    }
  | {
      readonly kind: "verify";
      readonly system: ProofSystem;
      readonly key: Record<string, unknown>;
      readonly signals: readonly string[];
      readonly proof: ProofJson;
    };

export type Answer =
  | { readonly kind: "proven"; readonly proof: ProofJson; readonly signals: readonly string[] }
  | { readonly kind: "witnessed"; readonly signals: readonly string[] }
  | { readonly kind: "verified"; readonly valid: boolean }
  | { readonly kind: "failed"; readonly step: "witness" | "proof"; readonly detail: string };
