import type { AbstainReason } from "../engine.ts";
import type { RefusalCode } from "./module/refusal.ts";

/** Stable codes of everything that this engine refuses; those of modules are in `refusal.ts`. */
export type WasmErrorCode =
  | `module-${RefusalCode}`
  | "engine-mismatch"
  | "artifact-missing"
  | "artifact-unreadable"
  | "fuel-out-of-range"
  | "prepare-timeout"
  | "input-entry"
  | "input-too-large"
  | "output-limit"
  | "thread-failed"
  | "closed";

/**
 * A refusal or failure of the WebAssembly engine. `reason` is what the provider abstains with
 * when the error ends a seat.
 */
export class WasmError extends Error {
  override readonly name = "WasmError";
  readonly code: WasmErrorCode;
  readonly reason: AbstainReason;
  readonly remedy: string;

  constructor(
    code: WasmErrorCode,
    detail: string,
    options: { reason: AbstainReason; remedy: string; cause?: unknown },
  ) {
    super(`${detail} (${code})`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.remedy = options.remedy;
  }
}
