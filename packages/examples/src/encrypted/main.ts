import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import * as z from "zod";

import { EncryptedError } from "./errors.ts";
import { answerText, checkRange, defaultModel, loadModel, plainAnswer } from "./model.ts";
import { openAnswer } from "./open-answer.ts";
import { MODULE_NAME, programDraft, readModule } from "./program.ts";
import { sealTable, type TableSecret } from "./seal-table.ts";
import { defaultTable, loadTable } from "./table.ts";

const HELP = `Encrypts a table for a job that computes on it without reading it, and decrypts the answer.

  main.ts encrypt FOLDER [--table FILE.csv] [--model FILE.json]
  main.ts decrypt FOLDER RESULT [--check] [--table FILE.csv] [--model FILE.json]

FOLDER/job is what deco run takes; FOLDER/secret.json decrypts the answer, and stays with you.
RESULT is the folder that deco run wrote. --check computes the answer in the open too, and compares.
`;

const secretSchema = z.strictObject({
  names: z.array(z.string()).min(1),
  rows: z.int().min(1),
  key: z.base64(),
});

const JOB = {
  deco: "job/1",
  name: "Statistics of an encrypted table",
  program: { file: "program.json" },
  input: { files: { folder: "input" } },
  price: { token: "DECO", min: "0.1", max: "1" },
  replicas: 3,
};

type Files = { readonly table: string | URL; readonly model: string | URL };

async function encrypt(folder: string, files: Files): Promise<string> {
  const table = await loadTable(files.table);
  const model = await loadModel(files.model, table);
  checkRange(table, model);
  const { files: sealed, secret } = await sealTable(table);
  await keepSecret(join(folder, "secret.json"), secret);
  const job = join(folder, "job");
  for (const [path, bytes] of sealed) {
    const file = join(job, "input", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  await writeFile(join(job, MODULE_NAME), await readModule());
  await writeFile(join(job, "program.json"), text(programDraft(model)));
  await writeFile(join(job, "job.json"), text(JOB));
  return `${table.rows} rows of ${table.names.length} columns are encrypted: deco run ${join(job, "job.json")}`;
}

async function decrypt(
  folder: string,
  result: string,
  files: Files,
  check: boolean,
): Promise<string> {
  const answer = await openAnswer(await readSecret(join(folder, "secret.json")), (path) =>
    readFile(join(result, path)),
  );
  const lines = answer.columns.map(
    ({ name, mean, variance }) =>
      `${name}: mean ${mean.toFixed(3)}, variance ${variance.toFixed(3)}`,
  );
  lines.push(`scores of ${answer.rows} rows: ${answer.scores.slice(0, 8).join(", ")}, …`);
  if (check) {
    const table = await loadTable(files.table);
    const open = plainAnswer(table, await loadModel(files.model, table));
    const same = answerText(open) === answerText(answer);
    lines.push(same ? "the same as computed in the open" : "NOT what is computed in the open");
    if (!same) process.exitCode = 1;
  }
  return lines.join("\n");
}

/** Who overwrote a secret could never open the answer of a task that is under way. */
async function keepSecret(file: string, secret: TableSecret): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const kept = { ...secret, key: Buffer.from(secret.key).toString("base64") };
  try {
    await writeFile(file, text(kept), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new EncryptedError(
      "secret-not-kept",
      `${file} is there already, or cannot be written.`,
      "Name a folder of your own for each table.",
      cause,
    );
  }
}

async function readSecret(file: string): Promise<TableSecret> {
  try {
    const { names, rows, key } = secretSchema.parse(JSON.parse(await readFile(file, "utf8")));
    return { names, rows, key: Buffer.from(key, "base64") };
  } catch (cause) {
    throw new EncryptedError(
      "secret-malformed",
      `${file} cannot be read.`,
      "Name the folder that the table was encrypted into.",
      cause,
    );
  }
}

function text(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function main(argv: readonly string[]): Promise<string> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      table: { type: "string" },
      model: { type: "string" },
      check: { type: "boolean", default: false },
    },
  });
  const [command, folder, result, ...more] = positionals;
  const files = { table: values.table ?? defaultTable, model: values.model ?? defaultModel };
  if (folder !== undefined && more.length === 0) {
    if (command === "encrypt" && result === undefined) return encrypt(resolve(folder), files);
    if (command === "decrypt" && result !== undefined) {
      return decrypt(resolve(folder), resolve(result), files, values.check);
    }
  }
  throw new EncryptedError("usage", HELP, "Name a command and its folders.");
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  if (!(error instanceof EncryptedError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
  process.exitCode = 2;
}
