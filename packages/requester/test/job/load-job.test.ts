import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { isRequesterError, loadJob } from "../../src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

const PROGRAM = {
  deco: "program/1",
  engine: "wasm",
  module: { file: "bin/program.wasm" },
  limits: { memoryBytes: 65_536, outputBytes: 10, stdoutBytes: 0, wallSeconds: 1, fuel: "1000" },
};

async function jobIn(folder: string, job: object): Promise<string> {
  const path = join(folder, "job.json");
  await writeFile(path, JSON.stringify({ deco: "job/1", price: { max: "1" }, ...job }));
  return path;
}

describe("loadJob", () => {
  it("reads paths relative to the job file, and a draft's relative to the program file", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "programs"));
    await writeFile(join(folder, "programs", "p.json"), JSON.stringify(PROGRAM));
    const path = await jobIn(folder, {
      program: { file: "programs/p.json" },
      input: { files: { folder: "in" } },
      output: "out",
    });
    const { draft, output } = await loadJob(path);
    expect(draft.program).toMatchObject({ artefact: join(folder, "programs/bin/program.wasm") });
    expect(draft.files).toEqual({ kind: "folder", path: join(folder, "in") });
    expect(output).toBe(join(folder, "out"));
  });

  it("takes lines as items, without the end of the last line", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "words"), "one\n\nthree\n");
    const path = await jobIn(folder, {
      program: { document: PROGRAM },
      input: { items: { lines: "words" } },
    });
    const { draft } = await loadJob(path);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    expect(draft.items?.kind === "bytes" && draft.items.items.map(text)).toEqual([
      "one",
      "",
      "three",
    ]);
  });

  it("takes the regular files of a folder as items, by their names' bytes", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "items", "not-an-item"), { recursive: true });
    for (const name of ["b", "a", "Z"]) await writeFile(join(folder, "items", name), name);
    const path = await jobIn(folder, {
      program: { document: PROGRAM },
      input: { items: { folder: "items" } },
    });
    const { draft } = await loadJob(path);
    const paths = ["Z", "a", "b"].map((name) => join(folder, "items", name));
    expect(draft.items).toEqual({ kind: "files", paths });
  });

  it("names file and place of a mistake", async () => {
    const folder = await temporaryFolder();
    const path = await jobIn(folder, { program: { document: PROGRAM }, replicas: 99 });
    const error = await loadJob(path).catch((thrown: unknown) => thrown);
    expect(isRequesterError(error, "job-invalid")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining(`${path}: `) });
    expect(error).toMatchObject({ message: expect.stringContaining("$.replicas") });
  });

  it("names a file that is not there", async () => {
    const folder = await temporaryFolder();
    const path = await jobIn(folder, { program: { file: "absent.json" } });
    const error = await loadJob(path).catch((thrown: unknown) => thrown);
    expect(isRequesterError(error, "job-file-unreadable")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining(join(folder, "absent.json")) });
  });
});
