import type { AbstainReason } from "../engine.ts";

/** Stable codes of everything that this engine refuses; tests and logs rely on them. */
export type OciErrorCode =
  | "tar-malformed"
  | "tar-too-large"
  | "archive-unreadable"
  | "archive-entry"
  | "archive-traversal"
  | "archive-too-large"
  | "archive-manifest"
  | "archive-not-one-image"
  | "archive-config"
  | "image-id-mismatch"
  | "layer-mismatch"
  | "layer-sparse"
  | "layer-too-large"
  | "image-platform"
  | "image-volumes"
  | "image-mount-point"
  | "image-load"
  | "image-pull"
  | "registry-reference"
  | "network-unsupported"
  | "accelerator-missing"
  | "accelerator-unavailable"
  | "program-unsupported"
  | "program-closed"
  | "input-unreadable"
  | "checkpoint-entry"
  | "output-entry"
  | "output-name"
  | "output-too-large"
  | "output-unwritable"
  | "command-not-startable"
  | "host-too-small"
  | "options-invalid"
  | "daemon-unreachable"
  | "daemon-unsuitable"
  | "daemon-failed"
  | "daemon-timeout";

/**
 * A refusal or failure of the container engine. `reason` is what the provider abstains with when
 * the error ends a seat, so that a caller needs no table of its own.
 */
export class OciError extends Error {
  override readonly name = "OciError";
  readonly code: OciErrorCode;
  readonly reason: AbstainReason;
  readonly remedy: string;

  constructor(
    code: OciErrorCode,
    detail: string,
    options: { reason: AbstainReason; remedy: string; cause?: unknown },
  ) {
    super(`${detail} (${code})`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.remedy = options.remedy;
  }
}

/** The image itself is at fault: every honest provider refuses it alike. */
export function imageError(code: OciErrorCode, detail: string, remedy: string, cause?: unknown) {
  return new OciError(code, detail, { reason: "image-invalid", remedy, cause });
}

/** This machine's container engine is at fault; another provider may well run the program. */
export function daemonError(code: OciErrorCode, detail: string, remedy: string, cause?: unknown) {
  return new OciError(code, detail, {
    reason: "engine-unavailable",
    remedy,
    cause,
  });
}

/** One line of an unknown failure, for details and logs. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
