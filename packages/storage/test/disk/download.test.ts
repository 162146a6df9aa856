import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashFolder } from "../../src/index.ts";
import {
  type Block,
  expectCode,
  openOffline,
  rawBlock,
  seededBytes,
  serve,
  serveBlocks,
  temporaryFolder,
  unixfsBlock,
} from "../helpers.ts";

const PUBLIC = { visibility: "public" } as const;
const MIB = 1024 * 1024;

/** A file of `count` leaves of 1 MiB, as blocks that a gateway can serve. */
async function fileBlocks(count: number): Promise<{ root: Block; blocks: Block[] }> {
  const leaves = await Promise.all(
    Array.from({ length: count }, (_, index) => rawBlock(seededBytes(MIB, `leaf ${index}`))),
  );
  const root = await unixfsBlock(
    { type: "file", blockSizes: leaves.map(() => BigInt(MIB)) },
    leaves.map(({ cid }) => ({ Name: "", Hash: cid, Tsize: MIB })),
  );
  return { root, blocks: [root, ...leaves] };
}

describe("downloadFile", () => {
  it("writes the file", async () => {
    const storage = await openOffline();
    const bytes = seededBytes(2 * MIB + 17, "file");
    const { cid } = await storage.addBytes(bytes, PUBLIC);
    const folder = await temporaryFolder();
    const path = join(folder, "file");
    expect(await storage.downloadFile(cid, path)).toEqual({
      kind: "file",
      bytes: bytes.byteLength,
      files: 1,
    });
    expect(await readFile(path)).toEqual(bytes);
    expect(await readdir(folder)).toEqual(["file"]);
  });

  it("fetches nothing below a root that declares too much", async () => {
    const { root, blocks } = await fileBlocks(20);
    const { url, asked } = await serveBlocks(blocks);
    const storage = await openOffline({ gateways: [url] });
    const folder = await temporaryFolder();
    const download = storage.downloadFile(root.cid, join(folder, "file"), {
      maxBytes: 20 * MIB - 1,
    });
    await expectCode(download, "limit-exceeded");
    expect(asked).toEqual([root.cid.toString()]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing behind when a block in the middle is missing", async () => {
    const { root, blocks } = await fileBlocks(20);
    const { url } = await serveBlocks(blocks.toSpliced(15, 1));
    const storage = await openOffline({ gateways: [url] });
    const folder = await temporaryFolder();
    await expectCode(storage.downloadFile(root.cid, join(folder, "file")), "block-not-found");
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing behind when it is aborted half-way", async () => {
    const { root, blocks } = await fileBlocks(20);
    const controller = new AbortController();
    const url = await serve((request, response) => {
      const index = blocks.findIndex(({ cid }) => request.url?.includes(cid.toString()));
      if (index === 12) controller.abort();
      else response.end(blocks[index]?.bytes);
    });
    const storage = await openOffline({ gateways: [url] });
    const folder = await temporaryFolder();
    const path = join(folder, "file");
    const { signal } = controller;
    await expectCode(storage.downloadFile(root.cid, path, { signal }), "aborted");
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a target that exists, or whose folder does not", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addBytes(Buffer.from("new"), PUBLIC);
    const path = join(await temporaryFolder(), "file");
    await writeFile(path, "old");
    await expectCode(storage.downloadFile(cid, path), "target-exists");
    expect(await readFile(path, "utf8")).toBe("old");
    await expectCode(storage.downloadFile(cid, join(path, "below")), "target-unwritable");
  });
});

describe("downloadFolder", () => {
  async function sample(): Promise<string> {
    const folder = join(await temporaryFolder(), "sample");
    await mkdir(join(folder, "a", "b"), { recursive: true });
    await writeFile(join(folder, "a", "b", "deep"), "12345");
    await writeFile(join(folder, "top"), "67890");
    return folder;
  }

  it("writes the folder, also into an empty one", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addFolder(await sample(), PUBLIC);
    const target = await temporaryFolder();
    expect(await storage.downloadFolder(cid, target)).toEqual({
      kind: "folder",
      bytes: 10,
      files: 2,
    });
    expect((await hashFolder(target)).cid).toBe(cid);
  });

  it("writes an empty folder", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addFolder(await temporaryFolder(), PUBLIC);
    const target = join(await temporaryFolder(), "empty");
    await storage.downloadFolder(cid, target);
    expect(await readdir(target)).toEqual([]);
  });

  it.each([
    ["bytes", { maxBytes: 9 }],
    ["entries", { maxFiles: 3 }],
    ["levels", { maxDepth: 2 }],
  ])("stops at the limit on %s and removes what it wrote", async (_, limits) => {
    const storage = await openOffline();
    const { cid } = await storage.addFolder(await sample(), PUBLIC);
    const parent = await temporaryFolder();
    await expectCode(storage.downloadFolder(cid, join(parent, "out"), limits), "limit-exceeded");
    expect(await readdir(parent)).toEqual([]);
  });

  it("takes exactly what the limits allow", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addFolder(await sample(), PUBLIC);
    const target = join(await temporaryFolder(), "out");
    await storage.downloadFolder(cid, target, { maxBytes: 10, maxFiles: 4, maxDepth: 3 });
    expect(await readFile(join(target, "a", "b", "deep"), "utf8")).toBe("12345");
  });

  it("refuses a target that holds anything, or is a file", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addFolder(await sample(), PUBLIC);
    const target = await temporaryFolder();
    await writeFile(join(target, "mine"), "");
    await expectCode(storage.downloadFolder(cid, target), "target-exists");
    await expectCode(storage.downloadFolder(cid, join(target, "mine")), "target-exists");
    expect(await readdir(target)).toEqual(["mine"]);
  });
});

describe("stat", () => {
  it("tells kind and size without the inner blocks", async () => {
    const { root, blocks } = await fileBlocks(5);
    const folder = await unixfsBlock({ type: "directory" }, [
      { Name: "a", Hash: root.cid },
      { Name: "b", Hash: root.cid },
    ]);
    const { url, asked } = await serveBlocks([folder, ...blocks]);
    const storage = await openOffline({ gateways: [url] });
    expect(await storage.stat(folder.cid)).toEqual({ kind: "folder", bytes: 10 * MIB, files: 2 });
    expect(await storage.stat(root.cid)).toEqual({ kind: "file", bytes: 5 * MIB, files: 1 });
    expect(new Set(asked)).toEqual(new Set([folder.cid.toString(), root.cid.toString()]));
    await expectCode(storage.stat(folder.cid, { maxBytes: 10 * MIB - 1 }), "limit-exceeded");
  });
});

describe("readFile", () => {
  it("fetches no further when the reader leaves", async () => {
    const { root, blocks } = await fileBlocks(40);
    const { url, asked } = await serveBlocks(blocks);
    const storage = await openOffline({ gateways: [url] });
    for await (const chunk of storage.readFile(root.cid)) {
      expect(Buffer.from(chunk)).toEqual(Buffer.from((blocks[1] as Block).bytes));
      break;
    }
    expect(asked.length).toBeLessThan(20);
  });

  it("does not read the whole file to memory", async () => {
    const path = join(await temporaryFolder(), "file");
    await writeFile(path, seededBytes(30 * MIB, "large"));
    const storage = await openOffline({ folder: await temporaryFolder() });
    const { cid } = await storage.addFile(path, PUBLIC);
    let largest = 0;
    let total = 0;
    for await (const chunk of storage.readFile(cid)) {
      largest = Math.max(largest, chunk.byteLength);
      total += chunk.byteLength;
    }
    expect(largest).toBe(MIB);
    expect(total).toBe((await stat(path)).size);
  });
});
