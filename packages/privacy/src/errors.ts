/** Stable codes of why something private cannot be sealed, opened or believed. */
export type PrivacyErrorCode =
  /** The text is no age recipient of a supported kind. */
  | "recipient-invalid"
  /** The text is no age identity of a supported kind. */
  | "identity-invalid"
  /** The key is not the one that the ciphertext is for. */
  | "key-wrong"
  /** The ciphertext was changed, cut off or is none. */
  | "ciphertext-invalid"
  /** What was encrypted is no archive of the agreed form: links, paths that leave the folder, entries beside it. */
  | "content-refused"
  /** What was encrypted is larger than was declared or is allowed. */
  | "content-too-large"
  /** What was encrypted is not what its digest says. */
  | "content-mismatch"
  /** The envelope is of another task, provider, chain or market. */
  | "envelope-foreign"
  /** The envelope cannot be opened with this identity, or was changed. */
  | "envelope-unreadable";

const REMEDIES: Readonly<Record<PrivacyErrorCode, string>> = {
  "recipient-invalid": "Use an age recipient: age1… or, post-quantum, age1pq1….",
  "identity-invalid": "Use an age identity: AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1….",
  "key-wrong": "Use the key that was made for this task.",
  "ciphertext-invalid": "Fetch it again; if it stays so, whoever made it must make it anew.",
  "content-refused": "Whoever sealed it must leave only regular files and folders in it.",
  "content-too-large": "Declare the true size, or allow for more.",
  "content-mismatch": "Do not use it: it is not what was agreed on.",
  "envelope-foreign": "Send each task's key in an envelope of its own to each provider.",
  "envelope-unreadable": "Encrypt it to the recipient in the provider's current metadata.",
};

/** Why something private cannot be used, and what can be done. */
export class PrivacyError extends Error {
  override readonly name = "PrivacyError";
  readonly code: PrivacyErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(code: PrivacyErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = REMEDIES[code];
  }
}

/** Whether `error` is a {@link PrivacyError}, of the given code if one is given. */
export function isPrivacyError(error: unknown, code?: PrivacyErrorCode): error is PrivacyError {
  return error instanceof PrivacyError && (code === undefined || error.code === code);
}
