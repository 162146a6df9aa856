import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { isArchiveError, packArchive, unpackArchive } from "../src/index.ts";

const LIMITS = { maxBytes: 1_000_000 };
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => "accepted",
    (error: unknown) => (isArchiveError(error) ? error.code : String(error)),
  );

describe("an archive of a folder", () => {
  let root: string;
  let source: string;
  let target: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "deco-archive-"));
    [source, target] = [join(root, "source"), join(root, "target")];
    await mkdir(source);
    await mkdir(target);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const packed = () => packArchive([{ path: "in", folder: source }]);
  const bytesOf = async (archive: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of archive) parts.push(part);
    return Buffer.concat(parts);
  };

  it("comes back as it was, with names that no plain header holds", async () => {
    const long = join("a".repeat(200), "ä".repeat(100));
    await mkdir(join(source, long), { recursive: true });
    await writeFile(join(source, long, "deep"), "found");
    await mkdir(join(source, "empty"));
    await writeFile(join(source, "nothing"), "");
    expect(await unpackArchive(packed(), target, LIMITS)).toEqual({ files: 2, bytes: 5 });
    expect(await readFile(join(target, "in", long, "deep"), "utf8")).toBe("found");
    expect((await readdir(join(target, "in"))).sort()).toEqual([
      "a".repeat(200),
      "empty",
      "nothing",
    ]);
  });

  it("is the same for the same content, whatever order the disk has", async () => {
    for (const name of ["b", "a", "B", "ä", "10", "9"]) await writeFile(join(source, name), name);
    const first = await bytesOf(packed());
    await rm(source, { recursive: true });
    await mkdir(source);
    for (const name of ["9", "ä", "a", "10", "B", "b"]) await writeFile(join(source, name), name);
    expect(Buffer.compare(await bytesOf(packed()), first)).toBe(0);
  });

  it("has no links in it", async () => {
    await symlink("/etc/hostname", join(source, "link"));
    expect(await codeOf(bytesOf(packed()))).toBe("entry-refused");
    await rm(join(source, "link"));
    await symlink("/etc", join(source, "folder"));
    expect(await codeOf(bytesOf(packed()))).toBe("entry-refused");
  });

  it("is not unpacked beyond limits of bytes, entries and depth", async () => {
    await mkdir(join(source, "one", "two"), { recursive: true });
    await writeFile(join(source, "one", "two", "file"), "x".repeat(1_000));
    const unpack = async (limits: object) => {
      const folder = await mkdtemp(join(root, "limited-"));
      return await codeOf(unpackArchive(packed(), folder, { ...LIMITS, ...limits }));
    };
    expect(await unpack({})).toBe("accepted");
    expect(await unpack({ maxBytes: 999 })).toBe("tar-too-large");
    expect(await unpack({ maxEntries: 1 })).toBe("tar-too-large");
    expect(await unpack({ maxDepth: 3 })).toBe("tar-too-large");
  });

  it("tells what cannot be read", async () => {
    const missing = packArchive([{ path: "in", folder: join(root, "missing") }]);
    expect(await codeOf(bytesOf(missing))).toBe("source-unreadable");
    expect(await codeOf(bytesOf(packArchive([{ path: "../out", bytes: Buffer.from("x") }])))).toBe(
      "path-refused",
    );
  });
});
