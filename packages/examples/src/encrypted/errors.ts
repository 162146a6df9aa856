/** What can be wrong with a table, a model, a key or a result; the codes are stable. */
export type EncryptedErrorCode =
  | "file-unreadable"
  | "table-malformed"
  | "table-too-large"
  | "model-malformed"
  | "model-mismatch"
  | "values-too-large"
  | "secret-malformed"
  | "secret-not-kept"
  | "result-incomplete"
  | "result-unreadable"
  | "usage";

/** Why a table is not encrypted, or an answer not decrypted. */
export class EncryptedError extends Error {
  override readonly name = "EncryptedError";
  readonly code: EncryptedErrorCode;
  readonly remedy: string;

  constructor(code: EncryptedErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
