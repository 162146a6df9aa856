import { describe, expect, it } from "vitest";
import { readTar } from "../../../../src/engines/oci/tar/read-tar.ts";
import { TAR_END } from "../../../../src/engines/oci/tar/write-tar.ts";
import { inPieces, paxRecord, tarBytes } from "../support/tar-bytes.ts";

const BOUNDS = { maxEntries: 100, maxBytes: 1_000_000 };

async function list(bytes: Uint8Array, bounds = BOUNDS, piece = 4096) {
  const entries = [];
  for await (const entry of readTar(inPieces(bytes, piece), bounds)) {
    const parts: Uint8Array[] = [];
    for await (const part of entry.body) parts.push(part.slice());
    const { name, type, linkName, offset } = entry;
    entries.push({ name, type, linkName, offset, text: Buffer.concat(parts).toString() });
  }
  return entries;
}

describe("reading a tar", () => {
  it.each([1, 7, 511, 512, 513, 100_000])(
    "gives names, types and bodies in pieces of %i",
    async (piece) => {
      const bytes = tarBytes(
        { name: "a/", flag: "5" },
        { name: "a/b", body: "hello" },
        { name: "a/c", flag: "2", linkName: "b" },
      );
      expect(await list(bytes, BOUNDS, piece)).toEqual([
        { name: "a/", type: "directory", linkName: "", offset: 512, text: "" },
        { name: "a/b", type: "file", linkName: "", offset: 1024, text: "hello" },
        { name: "a/c", type: "symlink", linkName: "b", offset: 2048, text: "" },
      ]);
    },
  );

  it("skips bodies that nobody reads", async () => {
    const bytes = tarBytes({ name: "a", body: "x".repeat(5000) }, { name: "b", body: "y" });
    const names = [];
    for await (const entry of readTar(inPieces(bytes, 100), BOUNDS)) names.push(entry.name);
    expect(names).toEqual(["a", "b"]);
  });

  it("takes long names from pax and GNU headers", async () => {
    const long = `${"n".repeat(150)}/é`;
    const pax = tarBytes(
      { name: "PaxHeaders/x", flag: "x", body: paxRecord("path", long) },
      { name: "short", body: "1" },
    );
    const gnu = tarBytes(
      { name: "././@LongLink", flag: "L", body: `${long}\0` },
      { name: "short" },
    );
    expect((await list(pax))[0]?.name).toBe(long);
    expect((await list(gnu))[0]?.name).toBe(long);
  });

  it("takes the type from the whole name, not from what fits the header", async () => {
    const bytes = tarBytes(
      { name: "h", flag: "x", body: paxRecord("path", "out/é") },
      { name: "out/", body: "1" },
    );
    expect(await list(bytes)).toMatchObject([{ name: "out/é", type: "file", text: "1" }]);
  });

  it("takes a size from pax, which may exceed the header's", async () => {
    const bytes = tarBytes(
      { name: "h", flag: "x", body: paxRecord("size", "3") },
      { name: "a", body: "abc", size: 0 },
      { name: "b", body: "d" },
    );
    expect((await list(bytes)).map((entry) => entry.text)).toEqual(["abc", "d"]);
  });

  it("marks sparse files of both kinds", async () => {
    const bytes = tarBytes(
      { name: "a", flag: "S", body: "abc" },
      { name: "h", flag: "x", body: paxRecord("GNU.sparse.major", "1") },
      { name: "b", body: "abc" },
    );
    expect((await list(bytes)).map((entry) => entry.type)).toEqual(["sparse", "sparse"]);
  });

  it("marks names that are not UTF-8", async () => {
    const bytes = tarBytes({ name: Uint8Array.of(0x61, 0xff) });
    for await (const entry of readTar(inPieces(bytes, 512), BOUNDS)) {
      expect(entry.nameIsUtf8).toBe(false);
    }
  });

  it("refuses more entries or bytes than its bounds", async () => {
    const bytes = tarBytes({ name: "a", body: "12345" }, { name: "b", body: "67890" });
    await expect(list(bytes, { ...BOUNDS, maxEntries: 1 })).rejects.toMatchObject({
      code: "tar-too-large",
    });
    await expect(list(bytes, { ...BOUNDS, maxBytes: 9 })).rejects.toMatchObject({
      code: "tar-too-large",
    });
  });

  const good = tarBytes({ name: "a", body: "12345" });
  const flipped = Buffer.from(good);
  flipped[3] = 1;
  it.each([
    ["an empty stream", new Uint8Array()],
    ["no end marker", good.subarray(0, good.length - 1024)],
    ["half an end marker", good.subarray(0, good.length - 512)],
    ["a cut body", good.subarray(0, 514)],
    ["a cut header", good.subarray(0, 100)],
    ["a wrong checksum", flipped],
    ["data after the end marker", Buffer.concat([good, Buffer.from("more")])],
    ["a link with a body", tarBytes({ name: "a", flag: "1", linkName: "b", body: "x" })],
    ["a folder with a body", tarBytes({ name: "a/", flag: "5", body: "x" })],
    ["a file named like a folder, with a body", tarBytes({ name: "a/", flag: "\0", body: "x" })],
    ["a broken pax record", tarBytes({ name: "h", flag: "x", body: "99 path=x\n" })],
    ["a pax record without a key", tarBytes({ name: "h", flag: "x", body: "5 =x\n" })],
    [
      "a pax size that is no number",
      tarBytes({ name: "h", flag: "x", body: paxRecord("size", "-1") }),
    ],
  ])("refuses %s", async (_, bytes) => {
    await expect(list(bytes)).rejects.toMatchObject({ code: "tar-malformed" });
  });

  it("refuses an extended header that would fill memory", async () => {
    const bytes = tarBytes({ name: "h", flag: "x", size: 0o7777777777 });
    await expect(list(bytes)).rejects.toMatchObject({ code: "tar-too-large" });
  });

  it("takes zeros after the end marker, which some writers add", async () => {
    expect(await list(Buffer.concat([good, TAR_END, TAR_END]))).toHaveLength(1);
  });
});
