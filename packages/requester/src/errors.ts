/** Stable codes of {@link RequesterError}; callers branch on these, never on messages. */
export type RequesterErrorCode =
  /** A file that the job names cannot be read. */
  | "job-file-unreadable"
  /** The job or program file breaks its schema; the message names the place. */
  | "job-invalid"
  /** An item is larger than one block, or there are too few or too many. */
  | "items-invalid"
  /** The job asks for what a private job cannot have. */
  | "private-unsupported"
  /** The account holds less than escrow and posting fee need. */
  | "balance-too-low"
  /** No node answers, or it fails. */
  | "chain-unreachable"
  /** The node serves another chain, or no market is at the address. */
  | "chain-mismatch"
  /** A transaction was mined and reverted without a reason that could be read. */
  | "transaction-failed"
  /** The allocator said no; the message has its reason. */
  | "allocator-refused"
  /** The allocator does not answer, or the node is none. */
  | "allocator-silent"
  /** No such task was posted to this market. */
  | "task-unknown"
  /** The task has not come to an end, so there is no result. */
  | "task-unsettled"
  /** The task ended without a result. */
  | "task-without-result"
  /** Nobody serves a part of the accepted result, or not in time. */
  | "result-unavailable"
  /** What was fetched is not what the chain accepted, although every block has its own digest. */
  | "result-invalid"
  /** The result is larger than the limits allow. */
  | "result-too-large"
  /** The folder for outputs exists and is not empty. */
  | "output-exists"
  | "output-unwritable"
  /** A task record on this machine cannot be read. */
  | "record-invalid"
  | "record-unwritable"
  | "aborted";

/** What keeps a requester from going on, and what a person can do about it. */
export class RequesterError extends Error {
  override readonly name = "RequesterError";
  readonly code: RequesterErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: RequesterErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}

/** Whether `error` is a {@link RequesterError}, of the given code if one is given. */
export function isRequesterError(
  error: unknown,
  code?: RequesterErrorCode,
): error is RequesterError {
  return error instanceof RequesterError && (code === undefined || error.code === code);
}

/** The error that ends waiting when a signal is aborted. */
export function abortedError(signal: AbortSignal): RequesterError {
  return new RequesterError("aborted", "Waiting was interrupted.", {
    remedy: "A posted task goes on without you: fetch its result later.",
    cause: signal.reason,
  });
}
