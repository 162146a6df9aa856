/** Stable codes of {@link AuditorError}. */
export type AuditorErrorCode =
  /** Another auditor has this folder open. */
  | "journal-in-use"
  /** The journal cannot be written, or belongs to another chain, market or account. */
  | "journal-unusable"
  /** The task's result is not within its challenge window: there is nothing to appeal. */
  | "task-not-accepted"
  /** A setting has no meaning; the message names it. */
  | "setting-invalid"
  | "aborted";

/** What keeps an auditor from going on, and what a person can do about it. */
export class AuditorError extends Error {
  override readonly name = "AuditorError";
  readonly code: AuditorErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: AuditorErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}
