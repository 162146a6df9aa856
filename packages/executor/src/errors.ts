/** Stable codes of {@link ExecutorError}. */
export type ExecutorErrorCode =
  /** A configuration field is missing or wrong; the message names it. */
  | "config-invalid"
  | "key-unreadable"
  /** A key or secret file can be read by others. */
  | "key-exposed"
  | "key-locked"
  /** The salt secret is missing although commitments were made with it. */
  | "secret-missing"
  /** Another process on this machine works with the operator key. */
  | "key-in-use"
  /** Another process has this journal open. */
  | "journal-in-use"
  /** The journal cannot be written, or belongs to another chain, market or key. */
  | "journal-unusable"
  /** No backup, one cut short, or of a newer release. */
  | "backup-invalid"
  /** The password of a backup is wrong, or the file was changed. */
  | "backup-locked"
  /** A backup of another chain, market or operator. */
  | "backup-foreign"
  /** A backup contradicts what is protected here; nothing was imported. */
  | "backup-conflict"
  /** The operator's records cannot be opened. */
  | "records-unusable"
  /** A transition that the state table forbids, or from another state than the journal's. */
  | "transition-forbidden"
  /** A second, different commitment for the same seat: it would be slashed. */
  | "second-commitment"
  /** The endpoint serves another chain, or the market is not there. */
  | "chain-mismatch"
  | "chain-unreachable"
  /** The endpoint does not have the events of a folded task. */
  | "fold-unread"
  /** Endpoints disagree about what an irreversible step depends on. */
  | "endpoints-disagree"
  /** No provider has this operator key. */
  | "provider-unknown"
  /** Documents from the network do not have the agreed shape. */
  | "document-invalid"
  /** The remote signer does not answer, or will not sign. */
  | "signer-unreachable"
  | "signer-refused"
  /** What it signed is not what it was asked to sign. */
  | "signer-lied"
  | "engine-unavailable"
  | "aborted";

/** What the executor cannot go on with, and what its operator can do about it. */
export class ExecutorError extends Error {
  override readonly name = "ExecutorError";
  readonly code: ExecutorErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: ExecutorErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}

/** Whether `error` is an {@link ExecutorError}, of the given code if one is given. */
export function isExecutorError(error: unknown, code?: ExecutorErrorCode): error is ExecutorError {
  return error instanceof ExecutorError && (code === undefined || error.code === code);
}

/** The error that ends waiting when a signal is aborted. */
export function abortedError(signal: AbortSignal): ExecutorError {
  return new ExecutorError("aborted", "The executor is stopping.", {
    remedy: "Start the executor again; it continues where it stopped.",
    cause: signal.reason,
  });
}
