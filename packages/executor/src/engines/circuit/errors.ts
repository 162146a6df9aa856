import type { AbstainReason } from "../engine.ts";

export type CircuitErrorCode =
  | "engine-mismatch"
  | "keys-invalid"
  | "circuit-mismatch"
  | "signals-invalid"
  | "witness-unknown";

/** Why a circuit cannot be proven here. */
export class CircuitError extends Error {
  override readonly name = "CircuitError";
  readonly code: CircuitErrorCode;
  readonly reason: AbstainReason;
  readonly remedy: string;

  constructor(
    code: CircuitErrorCode,
    message: string,
    options: { readonly reason: AbstainReason; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.remedy = options.remedy;
  }
}
