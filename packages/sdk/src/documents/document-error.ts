/** Stable codes of {@link DecoDocumentError}; callers branch on these, never on messages. */
export type DocumentErrorCode =
  /** More bytes than a document may have. */
  | "document-too-large"
  /** The bytes are not well-formed UTF-8, or a string holds half a surrogate pair. */
  | "text-invalid"
  /** The text is not JSON. */
  | "json-invalid"
  /** An object names a member twice; parsers disagree about which one counts. */
  | "duplicate-key"
  /** A number that is no safe integer: fractions, exponents, beyond 2^53 - 1. */
  | "number-not-integer"
  /** Valid JSON, but not its RFC 8785 form: the same document would have two digests. */
  | "not-canonical"
  /** A member is missing, unknown, of the wrong type or out of its range. */
  | "schema-mismatch"
  /** A CID or digest has another form than documents use. */
  | "cid-invalid"
  /** An amount of money is malformed, in another unit, or finer than the token's base unit. */
  | "amount-invalid";

/** Where in the document: member names and array positions from the root. */
export type DocumentPath = readonly (string | number)[];

/** A document that cannot be written or must not be trusted. Repeating the call gives the same error. */
export class DecoDocumentError extends Error {
  override readonly name = "DecoDocumentError";
  readonly code: DocumentErrorCode;
  /** One sentence for a person: what to change. */
  readonly remedy: string;
  readonly path: DocumentPath;

  constructor(
    code: DocumentErrorCode,
    message: string,
    details: { readonly remedy: string; readonly path?: DocumentPath; readonly cause?: unknown },
  ) {
    const path = details.path ?? [];
    const where = path.length === 0 ? "" : ` at ${formatDocumentPath(path)}`;
    super(message + where, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.path = path;
  }
}

/** JSONPath notation of a place in a document, e.g. `$.limits.memoryBytes` or `$.command[0]`. */
export function formatDocumentPath(path: DocumentPath): string {
  const parts = path.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    return /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  });
  return `$${parts.join("")}`;
}
