import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashBytes, hashDocument, hashFolder } from "../src/index.ts";
import { seededBytes, temporaryFolder } from "./helpers.ts";

// The expected CIDs are those of Kubo 0.40 with the profile unixfs-v1-2025, from its tests
// `cid_profiles_test.go` and `add_test.go`. The content is generated as those tests say.

const MIB = 1024 * 1024;

describe("files", () => {
  it.each([
    ["empty", Buffer.alloc(0), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"],
    [
      "hello world",
      Buffer.from("hello world"),
      "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    ],
    [
      "exactly one chunk",
      seededBytes(MIB, "chunk-v1-seed"),
      "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
    ],
    [
      "one byte more than a chunk",
      seededBytes(MIB + 1, "chunk-v1-seed"),
      "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
    ],
  ])("%s", async (_, bytes, cid) => {
    expect(await hashBytes(bytes)).toEqual({ cid, bytes: bytes.byteLength });
  });

  it("a document has the CID of the same bytes as a file", async () => {
    const bytes = Buffer.from("hello world");
    const { cid } = await hashBytes(bytes);
    expect(await hashDocument(bytes)).toMatchObject({ cid, bytes: 11 });
  });
});

describe("folders", () => {
  it("empty", async () => {
    expect(await hashFolder(await temporaryFolder())).toEqual({
      cid: "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
      bytes: 0,
      files: 0,
    });
  });

  it("stays one block at exactly 256 KiB", async () => {
    const folder = await folderOfNames(21);
    const { cid } = await hashFolder(folder);
    expect(cid).toBe("bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4");
  });

  it("becomes shards one byte above", async () => {
    const folder = await folderOfNames(22);
    const { cid } = await hashFolder(folder);
    expect(cid).toBe("bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu");
  });
});

/** 4,766 files holding "x", with names of 11 characters but for the last. */
async function folderOfNames(lastNameLength: number): Promise<string> {
  const alphabet = "abcdefghijklmnopqrstuvwxyz01234567890-_";
  const stream = seededBytes(MIB, "hamt-unixfs-v1-2025");
  const folder = join(await temporaryFolder(), "folder");
  await mkdir(folder);
  const count = 4766;
  const names = Array.from({ length: count }, (_, index) => {
    const length = index === count - 1 ? lastNameLength : 11;
    const letters = [...stream.subarray(11 * index, 11 * index + length)];
    return letters.map((byte) => alphabet[byte % alphabet.length]).join("");
  });
  await Promise.all(names.map((name) => writeFile(join(folder, name), "x")));
  return folder;
}
