import type { CircuitCheck } from "../check/report.ts";

/** What the worker is asked, once. */
export interface CheckJob {
  readonly root: string;
  readonly keys: string;
  readonly powers: string;
  readonly transcript: string;
  /** Under which the transcript tells of the circuit. */
  readonly name: string;
  readonly main: string;
  readonly optimisation: string;
  /** What a document claims; absent when there is none yet. */
  readonly claimed?: {
    readonly circom: string;
    readonly constraints: string;
    readonly circuit: string;
    readonly system: string;
  };
}

export type Message =
  | { readonly kind: "check"; readonly check: CircuitCheck }
  | {
      readonly kind: "done";
      readonly circom: string;
      readonly circuit?: `0x${string}`;
      readonly system?: "groth16" | "plonk";
      readonly constraints?: `0x${string}`;
    };
