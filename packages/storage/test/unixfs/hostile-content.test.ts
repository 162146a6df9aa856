import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import { describe, expect, it } from "vitest";
import {
  type Block,
  collect,
  expectCode,
  openOffline,
  pbBlock,
  rawBlock,
  serveBlocks,
  temporaryFolder,
  unixfsBlock,
} from "../helpers.ts";

// Every block here hashes to its CID: what is wrong is what the publisher wrote into it.

/** Offers the blocks by an honest gateway, and downloads the folder `root`. */
async function download(root: Block, ...others: Block[]): Promise<string> {
  const { url } = await serveBlocks([root, ...others]);
  const storage = await openOffline({ gateways: [url] });
  const parent = await temporaryFolder();
  const target = join(parent, "target");
  try {
    await storage.downloadFolder(root.cid, target);
    return target;
  } catch (error) {
    // Nothing is left behind, neither in the target's place nor beside it.
    expect(await readdir(parent)).toEqual([]);
    throw error;
  }
}

async function read(root: Block, ...others: Block[]): Promise<Buffer> {
  const { url } = await serveBlocks([root, ...others]);
  const storage = await openOffline({ gateways: [url] });
  return collect(storage.readFile(root.cid));
}

/** dag-pb by hand, for what the encoder refuses to write. */
function encodeFolder(links: readonly { name: Uint8Array; cid: CID }[]): Uint8Array {
  const field = (tag: number, value: Uint8Array) => [tag, value.byteLength, ...value];
  const encoded = links.map(({ name, cid }) =>
    field(0x12, Uint8Array.from([...field(0x0a, cid.bytes), ...field(0x12, name), 0x18, 1])),
  );
  return Uint8Array.from([
    ...encoded.flat(),
    ...field(0x0a, new UnixFS({ type: "directory" }).marshal()),
  ]);
}

const text = (value: string) => new TextEncoder().encode(value);

describe("names in a folder", () => {
  it.each([
    ["the folder above", ".."],
    ["the folder itself", "."],
    ["a path", "a/b"],
    ["a path to the folder above", "../escaped"],
    ["an absolute path", "/etc/passwd"],
    ["a NUL character", "a\0b"],
    ["nothing", ""],
    ["too long a name", "n".repeat(256)],
  ])("refuses %s", async (_, name) => {
    const leaf = await rawBlock(text("x"));
    const folder = await unixfsBlock({ type: "directory" }, [{ Name: name, Hash: leaf.cid }]);
    await expectCode(download(folder, leaf), "path-refused");
  });

  it("refuses a name that occurs twice", async () => {
    const [one, two] = [await rawBlock(text("1")), await rawBlock(text("2"))];
    const name = text("same");
    const bytes = encodeFolder([
      { name, cid: one.cid },
      { name, cid: two.cid },
    ]);
    await expectCode(download(await pbBlock(bytes), one, two), "path-refused");
  });

  it("refuses a name that is not UTF-8", async () => {
    const leaf = await rawBlock(text("x"));
    const bytes = encodeFolder([{ name: Uint8Array.from([0x61, 0xff]), cid: leaf.cid }]);
    await expectCode(download(await pbBlock(bytes), leaf), "dag-invalid");
  });

  it("refuses names out of order", async () => {
    const leaf = await rawBlock(text("x"));
    const bytes = encodeFolder([
      { name: text("b"), cid: leaf.cid },
      { name: text("a"), cid: leaf.cid },
    ]);
    await expectCode(download(await pbBlock(bytes), leaf), "dag-invalid");
  });

  it("takes names that are merely unusual", async () => {
    const leaf = await rawBlock(text("x"));
    const names = [" ", "-rf", "...", "a\\b", "😀", "n".repeat(255), "~", "new\nline"];
    const links = names.map((name) => ({ Name: name, Hash: leaf.cid }));
    const target = await download(await unixfsBlock({ type: "directory" }, links), leaf);
    expect((await readdir(target)).toSorted()).toEqual(names.toSorted());
  });
});

describe("shards", () => {
  const shard = (links: Parameters<typeof unixfsBlock>[1], fanout = 256n) =>
    unixfsBlock({ type: "hamt-sharded-directory", fanout, data: Uint8Array.of(1) }, links);

  it("refuses a path behind a shard's prefix", async () => {
    const leaf = await rawBlock(text("x"));
    const root = await shard([{ Name: "00../up", Hash: leaf.cid }]);
    await expectCode(download(root, leaf), "path-refused");
  });

  it("refuses a name twice in different shards", async () => {
    const leaf = await rawBlock(text("x"));
    const inner = await shard([{ Name: "01same", Hash: leaf.cid }]);
    const root = await shard([
      { Name: "00", Hash: inner.cid },
      { Name: "02same", Hash: leaf.cid },
    ]);
    await expectCode(download(root, inner, leaf), "path-refused");
  });

  it.each([0n, 3n, 2n ** 40n])("refuses a fanout of %s", async (fanout) => {
    await expectCode(download(await shard([], fanout)), "dag-invalid");
  });

  it("refuses shards nested without end", async () => {
    const leaf = await rawBlock(text("x"));
    const levels = [await shard([{ Name: "00name", Hash: leaf.cid }])];
    for (let level = 0; level < 40; level++) {
      levels.unshift(await shard([{ Name: "00", Hash: (levels[0] as Block).cid }]));
    }
    await expectCode(download(levels[0] as Block, ...levels, leaf), "dag-invalid");
  });

  it("refuses a folder or a file in place of a shard", async () => {
    const leaf = await rawBlock(text("x"));
    const folder = await unixfsBlock({ type: "directory" }, [{ Name: "a", Hash: leaf.cid }]);
    await expectCode(download(await shard([{ Name: "00", Hash: leaf.cid }]), leaf), "dag-invalid");
    const root = await shard([{ Name: "00", Hash: folder.cid }]);
    await expectCode(download(root, folder, leaf), "dag-invalid");
  });

  it("refuses a shard of nothing below another", async () => {
    const empty = await shard([]);
    await expectCode(
      download(await shard([{ Name: "00", Hash: empty.cid }]), empty),
      "dag-invalid",
    );
  });
});

describe("files", () => {
  it("refuses symbolic links", async () => {
    const link = await unixfsBlock({ type: "symlink", data: text("/etc/passwd") });
    const folder = await unixfsBlock({ type: "directory" }, [{ Name: "link", Hash: link.cid }]);
    await expectCode(download(folder, link), "link-refused");
    await expectCode(read(link), "link-refused");
  });

  it.each([
    ["more", 2n],
    ["less", 100n],
  ])("refuses a part with %s bytes than declared", async (_, declared) => {
    const leaf = await rawBlock(text("ten bytes!"));
    const root = await unixfsBlock({ type: "file", blockSizes: [declared] }, [
      { Name: "", Hash: leaf.cid },
    ]);
    await expectCode(read(root, leaf), "dag-invalid");
  });

  it("refuses more links than sizes", async () => {
    const leaf = await rawBlock(text("x"));
    const link = { Name: "", Hash: leaf.cid };
    const root = await unixfsBlock({ type: "file", blockSizes: [1n] }, [link, link]);
    await expectCode(read(root, leaf), "dag-invalid");
  });

  it("refuses empty parts, which no limit on bytes would ever end", async () => {
    const empty = await rawBlock(new Uint8Array());
    const links = Array.from({ length: 1000 }, () => ({ Name: "", Hash: empty.cid }));
    const sizes = links.map(() => 0n);
    const root = await unixfsBlock({ type: "file", blockSizes: sizes }, links);
    await expectCode(read(root, empty), "dag-invalid");
  });

  it("refuses sizes that overflow", async () => {
    const leaf = await rawBlock(text("x"));
    const link = { Name: "", Hash: leaf.cid };
    const sizes = [2n ** 53n - 1n, 2n ** 53n - 1n];
    const root = await unixfsBlock({ type: "file", blockSizes: sizes }, [link, link]);
    await expectCode(read(root, leaf), "dag-invalid");
  });

  it("ends a small DAG that unfolds to terabytes at the limit", async () => {
    const leaf = await rawBlock(new Uint8Array(1000));
    let root = leaf;
    let size = 1000n;
    const blocks = [leaf];
    for (let level = 0; level < 3; level++) {
      const links = Array.from({ length: 1000 }, () => ({ Name: "", Hash: root.cid }));
      const blockSizes = links.map(() => size);
      root = await unixfsBlock({ type: "file", blockSizes }, links);
      blocks.push(root);
      size *= 1000n;
    }
    await expectCode(read(root, ...blocks), "limit-exceeded");
  });

  it("refuses a chain of single parts without end", async () => {
    const leaf = await rawBlock(text("x"));
    const blocks = [leaf];
    for (let level = 0; level < 50; level++) {
      const below = blocks[0] as Block;
      blocks.unshift(
        await unixfsBlock({ type: "file", blockSizes: [1n] }, [{ Name: "", Hash: below.cid }]),
      );
    }
    await expectCode(read(blocks[0] as Block, ...blocks), "dag-invalid");
  });

  it("refuses a folder as part of a file", async () => {
    const folder = await unixfsBlock({ type: "directory" });
    const root = await unixfsBlock({ type: "file", blockSizes: [1n] }, [
      { Name: "", Hash: folder.cid },
    ]);
    await expectCode(read(root, folder), "dag-invalid");
  });

  it.each([
    ["not dag-pb", Uint8Array.of(0xff, 0xff)],
    ["without data", dagPb.encode({ Links: [] })],
    ["with data that is not UnixFS", dagPb.encode({ Data: Uint8Array.of(0xff), Links: [] })],
  ])("refuses a block %s", async (_, bytes) => {
    await expectCode(read(await pbBlock(bytes)), "dag-invalid");
  });

  it("reads content before and below a node, as old files have it", async () => {
    const leaf = await rawBlock(text("world"));
    const root = await unixfsBlock({ type: "file", data: text("hello "), blockSizes: [5n] }, [
      { Name: "", Hash: leaf.cid },
    ]);
    expect((await read(root, leaf)).toString()).toBe("hello world");
  });
});

describe("folders as files and files as folders", () => {
  it("are refused by name", async () => {
    const leaf = await rawBlock(text("x"));
    const folder = await unixfsBlock({ type: "directory" });
    await expectCode(read(folder), "not-a-file");
    await expectCode(download(leaf), "not-a-folder");
  });

  it("a folder nested beyond the limit ends there", async () => {
    let root = await unixfsBlock({ type: "directory" });
    const blocks = [root];
    for (let level = 0; level < 100; level++) {
      root = await unixfsBlock({ type: "directory" }, [{ Name: "d", Hash: root.cid }]);
      blocks.push(root);
    }
    await expectCode(download(root, ...blocks), "limit-exceeded");
  });
});
