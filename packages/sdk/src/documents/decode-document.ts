import type * as z from "zod";
import { DecoDocumentError } from "./document-error.ts";
import { canonicalBytes, documentTooLarge } from "./encode-document.ts";
import { MAX_DOCUMENT_BYTES } from "./fields.ts";
import { parseJsonText } from "./json-text.ts";
import { validateDocument } from "./validate-document.ts";

/**
 * Reads a document, accepting only its canonical bytes: whoever accepts other spellings gives one
 * document several digests.
 * @param bytes At most 1 MiB; check them against the digest that named them first.
 * @throws DecoDocumentError with any of its codes.
 */
export function decodeDocument<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): z.output<Schema> {
  const value = parseJsonText(decodeText(bytes));
  const canonical = canonicalBytes(value);
  if (!equal(canonical, bytes)) {
    throw new DecoDocumentError("not-canonical", "the bytes are not the document's RFC 8785 form", {
      remedy: "Write documents with encodeDocument: no spaces, names sorted, integers plain.",
    });
  }
  return validateDocument(schema, value);
}

/**
 * Reads what a person wrote (a job, a program draft): any JSON spelling, the same strictness otherwise.
 * @throws DecoDocumentError with any of its codes but `not-canonical`.
 */
export function parseDocumentText<Schema extends z.ZodType>(
  schema: Schema,
  json: string,
): z.output<Schema> {
  if (json.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(json.length);
  return validateDocument(schema, parseJsonText(json));
}

function decodeText(bytes: Uint8Array): string {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(bytes.length);
  try {
    // A byte order mark must stay visible: it is not canonical.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new DecoDocumentError("text-invalid", "the bytes are not UTF-8", {
      remedy: "Write documents in UTF-8.",
      cause,
    });
  }
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
