import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { exporter } from "ipfs-unixfs-exporter";
import { describe, expect, it } from "vitest";
import { hashFile, hashFolder, parseCid } from "../../src/index.ts";
import { collect, expectCode, openOffline, seededBytes, temporaryFolder } from "../helpers.ts";

const PUBLIC = { visibility: "public" } as const;

/** A folder with files of several sizes, an empty folder and one below another. */
async function sampleFolder(): Promise<string> {
  const root = join(await temporaryFolder(), "sample");
  await mkdir(join(root, "inner", "empty"), { recursive: true });
  await writeFile(join(root, "big"), seededBytes(2_500_000, "big"));
  await writeFile(join(root, "inner", "small"), "small");
  await writeFile(join(root, "nothing"), "");
  return root;
}

describe("addFolder", () => {
  it("adds what hashFolder predicts, and another implementation reads it", async () => {
    const storage = await openOffline();
    const folder = await sampleFolder();
    const added = await storage.addFolder(folder, PUBLIC);
    expect(added).toEqual(await hashFolder(folder));
    expect(added).toMatchObject({ bytes: 2_500_005, files: 3 });

    const blocks = {
      get: async function* (cid: Parameters<typeof storage.getBlock>[0]) {
        yield await storage.getBlock(cid);
      },
    } as unknown as Parameters<typeof exporter>[1];
    const big = await exporter(`${added.cid}/big`, blocks);
    if (big.type !== "file") throw new TypeError("not a file");
    expect(await collect(big.content())).toEqual(seededBytes(2_500_000, "big"));
    const empty = await exporter(`${added.cid}/inner/empty`, blocks);
    expect(empty.type).toBe("directory");
  });

  it("gives the same CID whatever the order, times and modes on disk", async () => {
    const first = await temporaryFolder();
    const second = await temporaryFolder();
    // By bytes: "B" < "a" < "ä" < "ﬀ" < "😀"; by UTF-16 units the last two would swap.
    const names = ["a", "B", "ä", "ﬀ", "😀"];
    for (const name of names) await writeFile(join(first, name), name);
    for (const name of names.toReversed()) {
      await writeFile(join(second, name), name, { mode: 0o755 });
    }
    expect(await hashFolder(first)).toEqual(await hashFolder(second));
  });

  it("lists names by their bytes", async () => {
    const storage = await openOffline();
    const folder = await temporaryFolder();
    for (const name of ["😀", "ﬀ", "a", "B", "a.b", "a-b"]) await writeFile(join(folder, name), "");
    const { cid } = await storage.addFolder(folder, PUBLIC);
    const root = await exporter(parseCid(cid), {
      get: async function* () {
        yield await storage.getBlock(cid);
      },
    } as unknown as Parameters<typeof exporter>[1]);
    if (root.type !== "directory") throw new TypeError("not a folder");
    const listed: string[] = [];
    for await (const entry of root.entries()) listed.push(entry.name);
    expect(listed).toEqual(["B", "a", "a-b", "a.b", "ﬀ", "😀"]);
  });

  it("refuses symbolic links, also to what is inside", async () => {
    const storage = await openOffline();
    const folder = await sampleFolder();
    await symlink("nothing", join(folder, "inner", "link"));
    await expectCode(storage.addFolder(folder, PUBLIC), "link-refused");
    await expectCode(hashFolder(folder), "link-refused");
  });

  it("refuses a link in place of the folder", async () => {
    const folder = await sampleFolder();
    await symlink(folder, `${folder}-link`);
    await expectCode(hashFolder(`${folder}-link`), "link-refused");
  });

  it("refuses pipes, without waiting for a writer", async () => {
    const folder = await sampleFolder();
    await promisify(execFile)("mkfifo", [join(folder, "pipe")]);
    await expectCode(hashFolder(folder), "special-file-refused");
    await expectCode(hashFile(join(folder, "pipe")), "special-file-refused");
  });

  it("refuses names that are not UTF-8", async () => {
    const folder = await temporaryFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), "");
    await expectCode(hashFolder(folder), "path-refused");
  });

  it("refuses names that would not survive a download", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "\uFEFFmark"), "");
    await expectCode(hashFolder(folder), "path-refused");
  });

  it("refuses a file, and what is not there", async () => {
    const folder = await sampleFolder();
    await expectCode(hashFolder(join(folder, "big")), "not-a-folder");
    await expectCode(hashFolder(join(folder, "absent")), "source-unreadable");
  });

  it.each([
    ["bytes", { maxBytes: 2_500_004 }],
    ["entries", { maxFiles: 4 }],
    ["levels", { maxDepth: 1 }],
  ])("stops at the limit on %s", async (_, limits) => {
    const storage = await openOffline();
    const folder = await sampleFolder();
    await expectCode(storage.addFolder(folder, { ...PUBLIC, ...limits }), "limit-exceeded");
    expect(await storage.pins()).toEqual([]);
  });

  it("takes exactly what the limits allow", async () => {
    const storage = await openOffline();
    const folder = await sampleFolder();
    const limits = { maxBytes: 2_500_005, maxFiles: 5, maxDepth: 2 };
    expect(await storage.addFolder(folder, { ...PUBLIC, ...limits })).toMatchObject({ files: 3 });
  });

  it("splits a folder of very many subfolders into shards", async () => {
    // Ten times as many, in one block, would exceed what bitswap carries.
    const folder = join(await temporaryFolder(), "many");
    const names = Array.from({ length: 1_100 }, (_, index) => `${index}-`.padEnd(200, "x"));
    await mkdir(folder);
    await Promise.all(names.map((name) => mkdir(join(folder, name))));
    const storage = await openOffline();
    const { cid } = await storage.addFolder(folder, PUBLIC);
    expect((await storage.getBlock(cid)).byteLength).toBeLessThan(64 * 1024);
    const target = join(await temporaryFolder(), "copy");
    await storage.downloadFolder(cid, target);
    expect((await hashFolder(target)).cid).toBe(cid);
  });
});

describe("addFile", () => {
  it("adds the same from a path and from a stream in odd pieces", async () => {
    const storage = await openOffline();
    const bytes = seededBytes(3_000_001, "stream");
    const path = join(await temporaryFolder(), "file");
    await writeFile(path, bytes);
    async function* pieces() {
      for (let at = 0; at < bytes.byteLength; at += 77_777) yield bytes.subarray(at, at + 77_777);
    }
    const fromStream = await storage.addFile(pieces(), PUBLIC);
    expect(fromStream).toEqual(await storage.addFile(path, PUBLIC));
    expect(fromStream).toEqual(await storage.addBytes(bytes, PUBLIC));
    expect(fromStream).toEqual(await hashFile(path));
    expect(await collect(storage.readFile(fromStream.cid))).toEqual(bytes);
  });

  it("stops a stream at the limit, and closes it", async () => {
    const storage = await openOffline();
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(100_000);
      } finally {
        closed = true;
      }
    }
    const adding = storage.addFile(endless(), { ...PUBLIC, maxBytes: 5_000_000 });
    await expectCode(adding, "limit-exceeded");
    expect(closed).toBe(true);
  });

  it("passes on the failure of a stream", async () => {
    const storage = await openOffline();
    const failure = new RangeError("broken pipe");
    async function* failing() {
      yield Buffer.alloc(2_000_000);
      throw failure;
    }
    await expect(storage.addFile(failing(), PUBLIC)).rejects.toBe(failure);
  });

  it("refuses a folder and a link", async () => {
    const folder = await sampleFolder();
    const storage = await openOffline();
    await expectCode(storage.addFile(folder, PUBLIC), "not-a-file");
    await symlink(join(folder, "big"), join(folder, "link"));
    await expectCode(storage.addFile(join(folder, "link"), PUBLIC), "link-refused");
    await expectCode(storage.addFile(join(folder, "absent"), PUBLIC), "source-unreadable");
  });

  it("leaves a stream that hangs", async () => {
    const storage = await openOffline();
    async function* hanging() {
      yield Buffer.alloc(100);
      await new Promise(() => undefined);
    }
    const signal = AbortSignal.timeout(100);
    await expectCode(storage.addFile(hanging(), { ...PUBLIC, signal }), "timeout");
    const adding = expectCode(storage.addFile(hanging(), PUBLIC), "closed");
    await storage.close();
    await adding;
  });

  it("is stopped by its signal", async () => {
    const storage = await openOffline();
    const controller = new AbortController();
    async function* endless() {
      for (let count = 0; ; count++) {
        if (count === 30) controller.abort();
        yield Buffer.alloc(100_000);
      }
    }
    const adding = storage.addFile(endless(), { ...PUBLIC, signal: controller.signal });
    await expectCode(adding, "aborted");
  });
});

describe("addDocument", () => {
  it("is one raw block that its digest finds", async () => {
    const storage = await openOffline();
    const bytes = seededBytes(1024 * 1024, "document");
    const { cid, digest } = await storage.addDocument(bytes, PUBLIC);
    expect(Buffer.from(await storage.getDocument(digest))).toEqual(bytes);
    expect(Buffer.from(await storage.getDocument(cid))).toEqual(bytes);
  });

  it("refuses one byte more than 1 MiB", async () => {
    const storage = await openOffline();
    const bytes = Buffer.alloc(1024 * 1024 + 1);
    await expectCode(storage.addDocument(bytes, PUBLIC), "document-too-large");
  });

  it("keeps what was added when the caller reuses its buffer", async () => {
    const storage = await openOffline();
    const bytes = Buffer.from("before");
    const { digest } = await storage.addDocument(bytes, PUBLIC);
    bytes.fill(0);
    expect(Buffer.from(await storage.getDocument(digest)).toString()).toBe("before");
  });
});
