import type * as z from "zod";
import { DecoDocumentError } from "./document-error.ts";

/** The part of a zod issue that is needed here; issues of unions carry those of each branch. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
}

/**
 * Checks a value against a schema.
 * @throws DecoDocumentError `schema-mismatch` with the path of the first offending member.
 */
export function validateDocument<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = deepest({ path: [], message: "invalid" }, parsed.error.issues);
  throw new DecoDocumentError("schema-mismatch", issue.message, {
    remedy: "Compare the named member with docs/DOCUMENTS.md; unknown members are refused too.",
    path: issue.path.map((part) => (typeof part === "number" ? part : String(part))),
    cause: parsed.error,
  });
}

/** Of a union's branches, the one that got furthest is most likely what was meant. */
function deepest(parent: Issue, issues: readonly Issue[]): Issue {
  const first = issues[0];
  if (first === undefined) return parent;
  const absolute = { ...first, path: [...parent.path, ...first.path] };
  if (first.code !== "invalid_union" || !first.errors?.length) return absolute;
  const branches = first.errors.map((branch) => deepest(absolute, branch));
  return branches.reduce((best, branch) => (branch.path.length > best.path.length ? branch : best));
}
