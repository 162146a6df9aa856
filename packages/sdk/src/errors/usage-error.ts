/** Stable codes of {@link DecoUsageError}. */
export type UsageErrorCode =
  | "salt-secret-invalid"
  /** A bag has 2 to 2^20 items. */
  | "bag-size-invalid"
  /** The index lies outside the bag. */
  | "item-index-invalid"
  /** The client has no chain, or Deco is not known on it and no addresses were given. */
  | "deployment-unknown"
  /** A deployment record is malformed. */
  | "deployment-invalid"
  /** The call needs an account and the client has none. */
  | "account-missing"
  /** A wait was aborted by its signal. */
  | "aborted"
  /** A wait reached its own limit. */
  | "timeout"
  /** The node does not have the block, or its header holds fields that this version cannot encode. */
  | "header-unknown"
  /** A mined transaction lacks the event that its call always emits: the address is no Deco market. */
  | "event-missing"
  /** A job leaves out what cannot be guessed, or contradicts itself. */
  | "job-incomplete"
  /** A request that is to be filled as an order asks for what orders have not. */
  | "not-an-order";

/** A call of this package that cannot work as it was made. */
export class DecoUsageError extends Error {
  override readonly name = "DecoUsageError";
  readonly code: UsageErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: UsageErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}
