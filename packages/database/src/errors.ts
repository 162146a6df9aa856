/** Stable codes of {@link DatabaseError}. */
export type DatabaseErrorCode =
  /** Another process has the file open. */
  | "database-in-use"
  /** It was made for another owner: chain, market, key. */
  | "database-foreign"
  /** A newer release has written it. */
  | "database-newer"
  /** It cannot be opened, read or written: the disk is full, the file is damaged. */
  | "database-failed";

const REMEDIES: Readonly<Record<DatabaseErrorCode, string>> = {
  "database-in-use": "Stop the other process, or give this one a folder of its own.",
  "database-foreign": "Give each chain, market and key a folder of its own.",
  "database-newer": "Use the newer release that wrote it.",
  "database-failed": "Check the disk's space and health; nothing is done that is not written down.",
};

/** Why a database cannot be used. Its owner tells people in its own words; see `toError`. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;

  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = REMEDIES[code];
  }
}
