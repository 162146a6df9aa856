/** Stable codes of {@link DemoError}. */
export type DemoErrorCode =
  /** A flag is unknown or its value is out of range. */
  | "usage"
  /** A process of the demo ended, or did not get ready in time. */
  | "process-failed"
  /** No container engine answers and none may be started here. */
  | "engine-unavailable"
  /** The task ended without a result. */
  | "task-failed"
  /** The settlement, recomputed, is not what the chain says. */
  | "audit-failed"
  /** What was decrypted is not what was asked for. */
  | "answer-wrong"
  | "aborted";

/** What kept the demo from its picture, with what to do about it. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  readonly code: DemoErrorCode;
  readonly remedy: string;

  constructor(code: DemoErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
