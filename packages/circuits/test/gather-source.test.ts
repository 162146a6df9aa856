import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { gatherSource, includesOf } from "../src/source/gather-source.ts";

describe("gathering a circuit's source", () => {
  let folder: string;
  const at = (path: string) => join(folder, path);
  const write = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), text);
    }
  };
  const gather = (main: string) =>
    gatherSource({ folder: at("own"), main, libraries: [at("library")] }, at("copy"));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-source-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("copies what is included, from beside the file first, then from libraries, and nothing else", async () => {
    await write({
      "own/main/a.circom": 'include "../b.circom"; include "far/c.circom";',
      "own/b.circom": 'include "d.circom";',
      "own/d.circom": "",
      "own/unused.circom": "",
      "library/far/c.circom": 'include "d.circom";',
      "library/far/d.circom": "// beside c",
    });
    expect(await gather("main/a.circom")).toEqual([
      ...["b.circom", "d.circom", "far/c.circom", "far/d.circom", "main/a.circom"],
    ]);
    expect(await readFile(at("copy/far/d.circom"), "utf8")).toBe("// beside c");
  });

  it("ends where files include each other", async () => {
    await write({ "own/a.circom": 'include "b.circom";', "own/b.circom": 'include "a.circom";' });
    expect(await gather("a.circom")).toEqual(["a.circom", "b.circom"]);
  });

  it.each([
    ["missing", { "own/a.circom": 'include "b.circom";' }],
    ["outside", { "own/a.circom": 'include "../b.circom";', "b.circom": "" }],
    [
      "at a place that another has",
      {
        "own/a.circom": 'include "b.circom"; include "c/d.circom";',
        "own/b.circom": "",
        "library/c/d.circom": 'include "../b.circom";',
        "library/b.circom": "",
      },
    ],
  ])("refuses a file that is %s", async (_, files) => {
    await write(files);
    await expect(gather("a.circom")).rejects.toMatchObject({ code: "circuit-source-invalid" });
  });

  it("sees no include in a comment", () => {
    const text = '/* include "a"; */ include "b"; // include "c";\ninclude\n"d";';
    expect(includesOf(text)).toEqual(["b", "d"]);
  });
});
