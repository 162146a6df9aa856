import type { DocumentPath } from "./document-error.ts";
import { DecoDocumentError } from "./document-error.ts";

const MAX_DEPTH = 64;

/**
 * Parses JSON, refusing what different parsers read differently: names given twice, numbers that
 * are no safe integers, half surrogate pairs, and `__proto__`.
 * @throws DecoDocumentError `json-invalid`, `duplicate-key`, `number-not-integer`, `text-invalid`,
 * `schema-mismatch` (nested deeper than 64).
 */
export function parseJsonText(json: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new DecoDocumentError("json-invalid", "the document is not JSON", {
      remedy: "Check commas, quotes and brackets; comments and trailing commas are not JSON.",
      cause,
    });
  }
  refuseDuplicateKeys(json);
  assertPlainValue(value, []);
  return value;
}

/**
 * Refuses what canonical documents cannot carry, naming the place.
 * @throws DecoDocumentError `number-not-integer`, `text-invalid`, `schema-mismatch`.
 */
export function assertPlainValue(value: unknown, path: DocumentPath): void {
  if (path.length > MAX_DEPTH) {
    throw new DecoDocumentError("schema-mismatch", `nested deeper than ${MAX_DEPTH}`, {
      remedy: "Flatten the document.",
      path: path.slice(0, 4),
    });
  }
  if (typeof value === "number") assertInteger(value, path);
  if (typeof value === "string") assertWellFormed(value, path);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((element, i) => {
      assertPlainValue(element, [...path, i]);
    });
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    assertWellFormed(name, path);
    if (name === "__proto__") {
      throw new DecoDocumentError("schema-mismatch", 'the name "__proto__" is not allowed', {
        remedy: "Use another name.",
        path,
      });
    }
    assertPlainValue(member, [...path, name]);
  }
}

function assertInteger(value: number, path: DocumentPath): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return;
  throw new DecoDocumentError("number-not-integer", `${value} is not a safe integer`, {
    remedy: "Use integers up to 2^53 - 1, in smaller units if need be, or a decimal string.",
    path,
  });
}

function assertWellFormed(value: string, path: DocumentPath): void {
  if (value.isWellFormed()) return;
  throw new DecoDocumentError("text-invalid", "half a surrogate pair", {
    remedy: "Write the text in valid Unicode.",
    path,
  });
}

/** Scans text that is known to be JSON; each token is a string, a bracket, a comma or a colon. */
function refuseDuplicateKeys(json: string): void {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  const levels: { names: Set<string> | undefined; at: string | number; expectsName: boolean }[] =
    [];
  for (const [token] of json.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === "{") levels.push({ names: new Set(), at: "", expectsName: true });
    else if (token === "[") levels.push({ names: undefined, at: 0, expectsName: false });
    else if (token === "}" || token === "]") levels.pop();
    else if (level === undefined || token === ":") continue;
    else if (token === ",") {
      if (typeof level.at === "number") level.at++;
      else level.expectsName = true;
    } else if (level.expectsName) {
      const name: string = JSON.parse(token);
      if (level.names?.has(name)) {
        const path = levels.slice(0, -1).map((outer) => outer.at);
        throw new DecoDocumentError("duplicate-key", `"${name}" is given twice`, {
          remedy: "Give each name once.",
          path: [...path, name],
        });
      }
      level.names?.add(name);
      level.at = name;
      level.expectsName = false;
    }
  }
}
