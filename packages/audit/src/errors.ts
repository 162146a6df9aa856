/** Stable codes of {@link AuditError}. */
export type AuditErrorCode =
  /** No event of this market posts the task. */
  | "task-not-found"
  /** Events contradict each other so far that there is nothing to check. */
  | "evidence-incoherent"
  /** The endpoint did not give what every audit needs. */
  | "endpoint-failed";

/** Why an audit could not be made at all. A failed check is no error: it is in the report. */
export class AuditError extends Error {
  override readonly name = "AuditError";
  readonly code: AuditErrorCode;
  readonly remedy: string;

  constructor(code: AuditErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
