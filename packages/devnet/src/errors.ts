/** Stable codes of {@link DevnetError}. */
export type DevnetErrorCode =
  /** No native anvil for this platform is installed. */
  | "anvil-missing"
  /** Anvil ended, or did not listen in time. */
  | "anvil-failed"
  /** The compiled contracts are absent or need a library that is. */
  | "artifacts-missing"
  /** A deployment or set-up transaction failed. */
  | "setup-failed"
  | "aborted";

/** What kept a local chain from starting, with what to do about it. */
export class DevnetError extends Error {
  override readonly name = "DevnetError";
  readonly code: DevnetErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(
    code: DevnetErrorCode,
    message: string,
    details: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
  }
}
