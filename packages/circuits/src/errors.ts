/** Stable codes of {@link CircuitsError}. */
export type CircuitsErrorCode =
  /** The file that describes a circuit cannot be read, or is none. */
  | "circuit-file-invalid"
  /** A source file is missing, lies outside its folder, or two files claim one place. */
  | "circuit-source-invalid"
  /** A key, the powers of tau or the transcript cannot be read. */
  | "circuit-files-missing"
  /** The document is not the one of a circuit. */
  | "circuit-document-invalid"
  /** Checking took longer, or more memory, than it may. */
  | "limit-exceeded"
  /** Checking failed otherwise. */
  | "checking-failed"
  /** The Kubo daemon did not take what it was given. */
  | "kubo-failed";

/** Why a circuit could not be looked at. A circuit that was looked at and is not sound is no error. */
export class CircuitsError extends Error {
  override readonly name = "CircuitsError";
  readonly code: CircuitsErrorCode;
  readonly remedy: string;

  constructor(code: CircuitsErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
