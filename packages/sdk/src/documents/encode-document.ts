import canonicalize from "canonicalize";
import type * as z from "zod";
import { DecoDocumentError } from "./document-error.ts";
import { MAX_DOCUMENT_BYTES } from "./fields.ts";
import { assertPlainValue } from "./json-text.ts";
import { validateDocument } from "./validate-document.ts";

/**
 * Canonical bytes (RFC 8785) of a document: the same value gives the same bytes everywhere.
 * @param schema One of this package's schemas, e.g. `programSchema`.
 * @throws DecoDocumentError `schema-mismatch`, `number-not-integer`, `text-invalid`, `document-too-large`.
 */
export function encodeDocument<Schema extends z.ZodType>(
  schema: Schema,
  value: z.input<Schema>,
): Uint8Array {
  assertPlainValue(value, []);
  const bytes = canonicalBytes(validateDocument(schema, value));
  if (bytes.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(bytes.length);
  return bytes;
}

/** RFC 8785 bytes of a plain value. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalize(value));
}

export function documentTooLarge(size: number): DecoDocumentError {
  return new DecoDocumentError(
    "document-too-large",
    `the document has ${size} bytes, ${MAX_DOCUMENT_BYTES} are allowed`,
    { remedy: "Store large parts as files and name their CIDs." },
  );
}
