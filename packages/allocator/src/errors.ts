/** Stable codes of {@link AllocatorError}. */
export type AllocatorErrorCode =
  /** A setting is missing or wrong; the message names it. */
  | "config-invalid"
  /** Another allocator has this folder open. */
  | "store-in-use"
  /** The record of orders cannot be written, or belongs to another chain, market or key. */
  | "store-unusable"
  | "aborted";

/** What keeps an allocator from going on, and what its operator can do about it. */
export class AllocatorError extends Error {
  override readonly name = "AllocatorError";
  readonly code: AllocatorErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: AllocatorErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}
