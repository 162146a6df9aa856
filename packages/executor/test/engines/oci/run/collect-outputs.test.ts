import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collectOutputs } from "../../../../src/engines/oci/run/collect-outputs.ts";
import { inPieces, type RawEntry, tarBytes } from "../support/tar-bytes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT: RawEntry = { name: "out/", flag: "5" };

async function collect(entries: RawEntry[], maxBytes = 1000) {
  const folder = await temporaryFolder();
  const bytes = await collectOutputs(inPieces(tarBytes(ROOT, ...entries), 333), folder, maxBytes);
  return { folder, bytes, names: (await readdir(folder, { recursive: true })).sort() };
}

describe("collecting outputs", () => {
  it("writes files and folders and adds up their sizes", async () => {
    const { folder, bytes, names } = await collect([
      { name: "out/d/", flag: "5" },
      { name: "out/d/a", body: "hello" },
      { name: "out/é", body: "x".repeat(900) },
    ]);
    expect(bytes).toBe(905);
    expect(names).toEqual(["d", "d/a", "é"]);
    expect(await readFile(join(folder, "d/a"), "utf8")).toBe("hello");
  });

  it("takes a second name of a file as a second file", async () => {
    const { folder, bytes } = await collect([
      { name: "out/a", body: "hello" },
      { name: "out/b", flag: "1", linkName: "out/a" },
    ]);
    expect(bytes).toBe(10);
    expect(await readFile(join(folder, "b"), "utf8")).toBe("hello");
  });

  it("leaves pipes out", async () => {
    expect((await collect([{ name: "out/a", flag: "6" }])).names).toEqual([]);
  });

  it("counts the second name too", async () => {
    const entries = [
      { name: "out/a", body: "hello" },
      { name: "out/b", flag: "1", linkName: "out/a" },
    ];
    await expect(collect(entries, 9)).rejects.toMatchObject({ code: "output-too-large" });
  });

  it.each([
    ["a symbolic link", { name: "out/a", flag: "2", linkName: "/etc/passwd" }],
    ["a character device", { name: "out/a", flag: "3" }],
    ["a block device", { name: "out/a", flag: "4" }],
    ["a sparse file", { name: "out/a", flag: "S", body: "x" }],
    ["a link to what was not collected", { name: "out/a", flag: "1", linkName: "/etc/passwd" }],
    ["a file in place of the folder", { name: "out", body: "x" }],
    ["something beside the folder", { name: "other", body: "x" }],
  ])("refuses %s", async (_, entry) => {
    await expect(collect([entry])).rejects.toMatchObject({
      code: "output-entry",
      reason: "program-invalid",
    });
  });

  it.each([
    ["a parent", "out/../a"],
    ["a dot", "out/./a"],
    ["an empty name", "out//a"],
    ["a slash at its end", "out/a/"],
    ["a control character", "out/a\nb"],
    ["a backslash", "out/a\\b"],
    ["bytes that are not UTF-8", Buffer.concat([Buffer.from("out/"), Buffer.of(0xff)])],
    ["too many folders", `out/${"d/".repeat(32)}a`],
  ])("refuses a name with %s", async (_, name) => {
    await expect(collect([{ name, body: "x" }])).rejects.toMatchObject({ code: "output-name" });
  });

  it("refuses more bytes than allowed before it writes them", async () => {
    await expect(collect([{ name: "out/a", size: 0o77777777777 }])).rejects.toMatchObject({
      code: "output-too-large",
      reason: "limit-exceeded",
    });
    expect((await collect([{ name: "out/a", body: "x".repeat(1000) }])).bytes).toBe(1000);
  });
});
