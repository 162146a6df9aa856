import { readFile } from "node:fs/promises";

import * as z from "zod";

import { EncryptedError } from "./errors.ts";
import { LARGEST_VALUE } from "./parameters.ts";
import type { Table } from "./table.ts";

/** A linear model: bias + Σ weight × value, of integers. It is public: it stands in the program. */
export interface Model {
  readonly bias: bigint;
  /** One weight for each column, in the table's order. */
  readonly weights: readonly bigint[];
}

/** The model of the made-up table: what a household was expected to use, less what it used. */
export const defaultModel = new URL("sample/model.json", import.meta.url);

const schema = z.strictObject({ bias: z.int(), weights: z.record(z.string(), z.int()) });

/**
 * Reads a model, `{"bias": integer, "weights": {name of a column: integer}}`, for a table.
 * @throws EncryptedError `file-unreadable`, `model-malformed`, `model-mismatch`
 */
export async function loadModel(file: string | URL, { names }: Table): Promise<Model> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new EncryptedError("file-unreadable", `${file} cannot be read.`, "Name a file.", cause);
  });
  let read: z.infer<typeof schema>;
  try {
    read = schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EncryptedError(
      "model-malformed",
      "The model cannot be read.",
      'Give {"bias": integer, "weights": {"column": integer, …}}.',
      cause,
    );
  }
  const unknown = Object.keys(read.weights).find((name) => !names.includes(name));
  const missing = names.find((name) => !Object.hasOwn(read.weights, name));
  if (unknown !== undefined || missing !== undefined) {
    throw new EncryptedError(
      "model-mismatch",
      unknown === undefined
        ? `The model has no weight for the column ${missing}.`
        : `The model weighs ${unknown}, which is no column of the table.`,
      "Give each column one weight; 0 leaves it out of the score.",
    );
  }
  const weights = names.map((name) => BigInt(read.weights[name] ?? 0));
  if (weights.every((weight) => weight === 0n)) {
    throw new EncryptedError(
      "model-mismatch",
      "All weights of the model are zero.",
      "Give at least one column a weight.",
    );
  }
  return { bias: BigInt(read.bias), weights };
}

/** What is computed over a table. */
export interface Answer {
  readonly rows: number;
  readonly columns: readonly ColumnAnswer[];
  /** The model's score of each row. */
  readonly scores: readonly bigint[];
}

export interface ColumnAnswer {
  readonly name: string;
  readonly sum: bigint;
  /** Σ value². */
  readonly squares: bigint;
  readonly mean: number;
  /** Of the whole population: divided by the number of rows. */
  readonly variance: number;
}

/** An answer as JSON text. Integers that JSON cannot hold are decimal strings, so equal answers are equal texts. */
export function answerText(answer: Answer): string {
  const plain = (_: string, each: unknown) => (typeof each === "bigint" ? String(each) : each);
  return `${JSON.stringify(answer, plain, 2)}\n`;
}

/** Mean and variance from exact sums. */
export function columnAnswer(
  name: string,
  rows: number,
  sum: bigint,
  squares: bigint,
): ColumnAnswer {
  const count = BigInt(rows);
  const variance = Number(count * squares - sum * sum) / Number(count * count);
  return { name, sum, squares, mean: Number(sum) / rows, variance };
}

/** The answer computed in the open, with which a decrypted one is compared. */
export function plainAnswer({ names, columns, rows }: Table, { bias, weights }: Model): Answer {
  const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);
  return {
    rows,
    columns: names.map((name, index) => {
      const values = columns[index] ?? [];
      return columnAnswer(name, rows, total(values), total(values.map((value) => value * value)));
    }),
    scores: Array.from({ length: rows }, (_, row) =>
      columns.reduce((score, values, index) => {
        return score + (weights[index] ?? 0n) * (values[row] ?? 0n);
      }, bias),
    ),
  };
}

/**
 * Refuses a table whose answer would wrap around the plaintext modulus, which nobody could tell from a right one.
 * @throws EncryptedError `values-too-large`
 */
export function checkRange(table: Table, model: Model): void {
  const { columns, scores } = plainAnswer(table, model);
  const size = (value: bigint) => (value < 0n ? -value : value);
  const inputs = [model.bias, ...model.weights, ...table.columns.flat()];
  const results = columns.flatMap(({ sum, squares }) => [sum, squares]);
  const largest = [...inputs, ...results, ...scores]
    .map(size)
    .reduce((most, value) => (value > most ? value : most), 0n);
  if (largest <= LARGEST_VALUE) return;
  throw new EncryptedError(
    "values-too-large",
    `A value, a sum of squares or a score reaches ${largest}; the encryption holds ${LARGEST_VALUE}.`,
    "Encrypt fewer rows at a time, or values in larger units.",
  );
}
