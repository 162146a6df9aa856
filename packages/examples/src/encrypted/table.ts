import { readFile } from "node:fs/promises";

import { EncryptedError } from "./errors.ts";
import { DEGREE, MAX_COLUMNS } from "./parameters.ts";

/** A table of integers, by columns. */
export interface Table {
  readonly names: readonly string[];
  /** One list for each name, all of the same length. */
  readonly columns: readonly (readonly bigint[])[];
  readonly rows: number;
}

/** The made-up table that is encrypted when none is given. */
export const defaultTable = new URL("sample/households.csv", import.meta.url);

const MAX_BYTES = 2 ** 22;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const INTEGER = /^-?\d{1,15}$/;

/**
 * Reads a CSV file: a line of names, then lines of as many integers, without quotes.
 * @throws EncryptedError `file-unreadable`, `table-malformed`, `table-too-large`
 */
export async function loadTable(file: string | URL): Promise<Table> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new EncryptedError("file-unreadable", `${file} cannot be read.`, "Name a file.", cause);
  });
  if (bytes.length > MAX_BYTES) throw tooLarge(`more than ${MAX_BYTES} bytes`);
  return parseTable(bytes.toString("utf8"));
}

/**
 * The table that a CSV text holds.
 * @throws EncryptedError `table-malformed`, `table-too-large`
 */
export function parseTable(text: string): Table {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  const [head = "", ...body] = lines;
  const names = head.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) throw malformed(1, `"${wrong}" is no name of a column`);
  if (new Set(names).size < names.length) throw malformed(1, "a name stands twice");
  if (names.length > MAX_COLUMNS) throw tooLarge(`more than ${MAX_COLUMNS} columns`);
  if (body.length === 0) throw malformed(2, "there is no row");
  if (body.length > DEGREE) throw tooLarge(`more than ${DEGREE} rows`);
  const columns = names.map((): bigint[] => []);
  for (const [index, line] of body.entries()) {
    const cells = line.split(",").map((cell) => cell.trim());
    if (cells.length !== names.length) {
      throw malformed(index + 2, `${cells.length} values stand under ${names.length} names`);
    }
    for (const [column, cell] of cells.entries()) {
      if (!INTEGER.test(cell)) throw malformed(index + 2, `"${cell}" is not an integer`);
      columns[column]?.push(BigInt(cell));
    }
  }
  return { names, columns, rows: body.length };
}

function malformed(line: number, why: string): EncryptedError {
  return new EncryptedError(
    "table-malformed",
    `Line ${line} of the table cannot be read: ${why}.`,
    "Give a line of names, then lines of as many integers of at most 15 digits, separated by commas.",
  );
}

function tooLarge(what: string): EncryptedError {
  return new EncryptedError("table-too-large", `The table has ${what}.`, "Encrypt it in parts.");
}
