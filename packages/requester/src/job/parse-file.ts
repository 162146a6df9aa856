import { DecoDocumentError, parseDocumentText } from "@deco-network/sdk";
import type { z } from "zod";

import { RequesterError } from "../errors.ts";
import { readText } from "./read-text.ts";

/** Larger than any document: people indent. */
const MAX_TEXT_BYTES = 4 * 1_048_576;

/**
 * Reads a document that a person wrote.
 * @throws RequesterError `job-file-unreadable`, `job-invalid` (naming file and place)
 */
export async function parseFile<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  what: string,
): Promise<z.output<Schema>> {
  const text = await readText(path, what, MAX_TEXT_BYTES);
  try {
    return parseDocumentText(schema, text);
  } catch (error) {
    if (!(error instanceof DecoDocumentError)) throw error;
    throw new RequesterError("job-invalid", `${path}: ${error.message}`, {
      remedy: error.remedy,
      cause: error,
    });
  }
}
