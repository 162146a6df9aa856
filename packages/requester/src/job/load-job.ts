import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { JobDocument } from "@deco-network/sdk";
import { jobSchema } from "@deco-network/sdk";

import { RequesterError } from "../errors.ts";
import type { FolderSource, ItemsSource, LoadedJob, ProgramSource } from "./draft.ts";
import { loadProgram, programSourceOf } from "./load-program.ts";
import { parseFile } from "./parse-file.ts";
import { readText } from "./read-text.ts";

/** A file of lines is held in memory while its items are hashed. */
const MAX_LINES_BYTES = 256 * 1_048_576;

/**
 * Reads a job file and what it names but large content, which is read when it is published.
 * @throws RequesterError `job-file-unreadable`, `job-invalid`, `items-invalid`
 */
export async function loadJob(path: string): Promise<LoadedJob> {
  const document = await parseFile(jobSchema, path, "job file");
  const folder = dirname(resolve(path));
  const program = await programOf(document, folder);
  const { files, items, commitment } = document.input ?? {};
  return {
    document,
    draft: {
      program,
      ...(files && { files: filesOf(files, folder) }),
      ...(items && { items: await itemsOf(items, folder) }),
      ...(commitment !== undefined && { commitment }),
    },
    ...(document.output !== undefined && { output: resolve(folder, document.output) }),
  };
}

async function programOf({ program }: JobDocument, folder: string): Promise<ProgramSource> {
  if ("cid" in program) return { kind: "stored", cid: program.cid };
  if ("document" in program) return programSourceOf(program.document, folder);
  return loadProgram(resolve(folder, program.file));
}

type Files = NonNullable<NonNullable<JobDocument["input"]>["files"]>;
type Items = NonNullable<NonNullable<JobDocument["input"]>["items"]>;

function filesOf(files: Files, folder: string): FolderSource {
  if ("cid" in files) return { kind: "stored", cid: files.cid };
  return { kind: "folder", path: resolve(folder, files.folder) };
}

async function itemsOf(items: Items, folder: string): Promise<ItemsSource> {
  if ("list" in items) return { kind: "stored", list: items.list, count: items.count };
  if ("inline" in items) {
    return { kind: "bytes", items: items.inline.map((text) => Buffer.from(text, "base64")) };
  }
  if ("lines" in items) {
    const text = await readText(resolve(folder, items.lines), "file of items", MAX_LINES_BYTES);
    // The last line feed ends the last line; it does not begin an empty item.
    const lines = text.replace(/\n$/, "").split("\n");
    return { kind: "bytes", items: lines.map((line) => new TextEncoder().encode(line)) };
  }
  return { kind: "files", paths: await filesIn(resolve(folder, items.folder)) };
}

/** Regular files of a folder, in the order of their names' bytes. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    const sorted = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return sorted.map((name) => join(folder, name));
  } catch (cause) {
    throw new RequesterError(
      "job-file-unreadable",
      `The folder of items ${folder} cannot be read.`,
      {
        remedy: "Check the path; paths inside a job file are relative to the job file.",
        cause,
      },
    );
  }
}
