/** Stable codes, also of log entries: what is wrong with an endpoint. */
export type EndpointTrouble =
  /** No connection, or one that ended before the answer. */
  | "endpoint-dropped"
  /** No whole answer in time. */
  | "endpoint-timeout"
  /** Asked too often; it said so. */
  | "endpoint-rate-limited"
  /** An HTTP status other than success. */
  | "endpoint-failing"
  /** Not the answer of a JSON-RPC server. */
  | "endpoint-malformed"
  /** It serves another chain. */
  | "endpoint-wrong-chain"
  /** A block that does not hash to its hash, or a receipt of a block that is not on the chain. */
  | "endpoint-lied";

/** An endpoint did not answer, or its answer is not believed: another one may be asked. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly code: EndpointTrouble;
  /** How long the endpoint asked to be left alone. */
  readonly retryAfterMillis: number | undefined;

  constructor(
    code: EndpointTrouble,
    message: string,
    details: { readonly retryAfterMillis?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfterMillis = details.retryAfterMillis;
  }
}
