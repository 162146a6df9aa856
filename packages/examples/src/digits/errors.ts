/** What can be wrong with an image of a digit; the codes are stable. */
export type DigitErrorCode = "file-unreadable" | "image-malformed" | "image-empty";

/** An image that cannot be classified. */
export class DigitError extends Error {
  override readonly name = "DigitError";
  readonly code: DigitErrorCode;
  readonly remedy: string;

  constructor(code: DigitErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
