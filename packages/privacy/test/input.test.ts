import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { packArchive, TAR_END, tarHeader } from "@deco-network/archive";
import {
  encodeDocument,
  inputSchema,
  type SealedInputDocument,
  sealedInputSchema,
  validateDocument,
} from "@deco-network/sdk";
import { hashBytes, hashFolder } from "@deco-network/storage";
import { describe, expect, it } from "vitest";

import { encryptStream, type KeyKind, makeKeyPair, openInput, sealInput } from "../src/index.ts";
import { bytesOf, codeOf, inPieces, never, temporaryFolder } from "./support.ts";

const SECRET = Buffer.from("a name that nobody may read ".repeat(9_000));
const LONG = `${"long".repeat(50)}.txt`;

interface Sealed {
  readonly document: SealedInputDocument;
  readonly ciphertext: Buffer;
  readonly key: string;
}

async function writeInput(folder: string): Promise<string> {
  const path = join(folder, "plain");
  await mkdir(join(path, "nested", "empty"), { recursive: true });
  await writeFile(join(path, "secret.txt"), SECRET);
  await writeFile(join(path, "nested", LONG), "deep");
  await writeFile(join(path, "nested", "nothing"), "");
  return path;
}

async function seal(folder: string | undefined, kind: KeyKind = "x25519"): Promise<Sealed> {
  const sealing = await sealInput({ kind, ...(folder !== undefined && { folder }) });
  const ciphertext = await bytesOf(sealing.ciphertext);
  const { cid } = await hashBytes(ciphertext);
  const document = sealing.describe({ cid, bytes: ciphertext.length });
  return { document, ciphertext, key: sealing.keys.input };
}

/** What a requester that lies could seal: any archive, under any document. */
async function forge(
  archive: AsyncIterable<Uint8Array>,
  change: Partial<SealedInputDocument> = {},
): Promise<Sealed> {
  const { document } = await seal(undefined);
  const { identity, recipient } = await makeKeyPair("x25519");
  const ciphertext = await bytesOf(encryptStream(recipient, archive));
  return { document: { ...document, key: recipient, ...change }, ciphertext, key: identity };
}

const opening = ({ document, key, ciphertext }: Sealed, folder: string, bytes = ciphertext) =>
  openInput(document, key, inPieces(bytes), join(folder, "opened"), never);

describe("a private input", () => {
  it.each(["x25519", "post-quantum"] as const)(
    "is opened by its %s key, exactly as it was",
    async (kind) => {
      await using folder = await temporaryFolder();
      const plain = await writeInput(folder.path);
      const sealed = await seal(plain, kind);
      expect(validateDocument(sealedInputSchema, sealed.document)).toEqual(sealed.document);
      const opened = await opening(sealed, folder.path);
      const [before, after] = await Promise.all([
        hashFolder(plain),
        hashFolder(opened.folder ?? ""),
      ]);
      expect(after).toEqual(before);
      expect(opened.document.files).toBe(before.cid);
    },
  );

  it("may have no files", async () => {
    await using folder = await temporaryFolder();
    expect((await opening(await seal(undefined), folder.path)).folder).toBeUndefined();
  });

  it("shows neither content nor a digest that could be guessed", async () => {
    await using folder = await temporaryFolder();
    const plain = await writeInput(folder.path);
    const [first, second] = [await seal(plain), await seal(plain)];
    expect(first.ciphertext.includes("nobody may read")).toBe(false);
    expect(first.ciphertext.includes("secret.txt")).toBe(false);
    expect(first.document.input).not.toBe(second.document.input);
    const { cid } = await hashFolder(plain);
    expect(JSON.stringify(first.document)).not.toContain(cid);
  });

  it("is refused with another key", async () => {
    await using folder = await temporaryFolder();
    const sealed = await seal(undefined);
    const { identity } = await makeKeyPair("x25519");
    expect(await codeOf(opening({ ...sealed, key: identity }, folder.path))).toBe("key-wrong");
    const other = await seal(undefined);
    const swapped = { ...sealed, ciphertext: other.ciphertext };
    expect(await codeOf(opening(swapped, folder.path))).toBe("key-wrong");
    expect(await codeOf(opening({ ...sealed, key: "AGE-SECRET-KEY-1" }, folder.path))).toBe(
      "identity-invalid",
    );
  });

  it("is refused when a bit of its ciphertext is changed, or its end is missing", async () => {
    await using folder = await temporaryFolder();
    const sealed = await seal(await writeInput(folder.path));
    const { length } = sealed.ciphertext;
    // Version, stanza, header's MAC, nonce, first, middle and last chunk.
    for (const at of [3, 60, 180, 215, 300, length >> 1, length - 1]) {
      const changed = Buffer.from(sealed.ciphertext);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const code = await codeOf(opening(sealed, folder.path, changed));
      expect({ at, refused: ["ciphertext-invalid", "key-wrong"].includes(code) }).toEqual({
        at,
        refused: true,
      });
    }
    for (const end of [0, 100, 250, length - 65_552, length - 1]) {
      const cut = sealed.ciphertext.subarray(0, end);
      expect(await codeOf(opening(sealed, folder.path, cut))).toBe("ciphertext-invalid");
    }
    expect(await readdir(folder.path)).toEqual(["plain"]);
  });

  it("is refused when its header has no end, before that fills memory", async () => {
    await using folder = await temporaryFolder();
    const sealed = await seal(undefined);
    let given = 0;
    async function* endless() {
      yield Buffer.from("age-encryption.org/v1\n-> X25519 ");
      for (;;) {
        given += 1;
        yield Buffer.alloc(65_536, 97);
      }
    }
    const opened = openInput(sealed.document, sealed.key, endless(), join(folder.path, "o"), never);
    expect(await codeOf(opened)).toBe("ciphertext-invalid");
    expect(given).toBeLessThan(4);
  });

  it("is refused when it is larger than was promised", async () => {
    await using folder = await temporaryFolder();
    const sealed = await seal(await writeInput(folder.path));
    // The input document may take a block of its own.
    const { document } = await forge(packArchive([]), { bytes: 0 });
    const bomb = await forge(
      (async function* () {
        yield tarHeader({ name: "files/", type: "directory", mode: 0o755, size: 0 });
        yield tarHeader({ name: "files/zeros", type: "file", mode: 0o644, size: 2 ** 31 });
        yield Buffer.alloc(2 ** 20);
      })(),
      { bytes: document.bytes },
    );
    expect(await codeOf(opening(bomb, folder.path))).toBe("content-too-large");
    expect(await codeOf(opening(sealed, folder.path))).toBe("accepted");
  });

  it("is refused when it opens to something else than was promised", async () => {
    await using folder = await temporaryFolder();
    const sealed = await seal(await writeInput(folder.path));
    const [digit] = sealed.document.input.slice(-1);
    const input = `${sealed.document.input.slice(0, -1)}${digit === "0" ? "1" : "0"}`;
    const other = { ...sealed, document: { ...sealed.document, input } };
    expect(await codeOf(opening(other, folder.path))).toBe("content-mismatch");
    const bytes = sealed.document.bytes + 1;
    const larger = { ...sealed, document: { ...sealed.document, bytes } };
    expect(await codeOf(opening(larger, folder.path))).toBe("content-mismatch");
  });

  it.each([
    ["a link", { name: "files/link", type: "symlink", linkName: "/etc/passwd" }],
    ["a path that leaves the folder", { name: "../escaped", type: "file" }],
    ["an absolute path", { name: "/escaped", type: "file" }],
    ["a path through a file", { name: "input.json/x", type: "file" }],
    ["a second file of a name", { name: "input.json", type: "file" }],
  ] as const)("is refused with %s in it", async (_, entry) => {
    await using folder = await temporaryFolder();
    async function* archive() {
      yield tarHeader({ name: "input.json", type: "file", mode: 0o644, size: 0 });
      yield tarHeader({ mode: 0o644, size: 0, ...entry });
      yield TAR_END;
    }
    expect(await codeOf(opening(await forge(archive()), folder.path))).toBe("content-refused");
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("is refused with something beside what it names, or without a salt", async () => {
    await using folder = await temporaryFolder();
    const salt = `0x${"5".repeat(64)}`;
    const inside = (document: object, ...more: string[]) =>
      packArchive([
        {
          path: "input.json",
          bytes: encodeDocument(inputSchema, { deco: "input/1", ...document }),
        },
        ...more.map((path) => ({ path, bytes: Buffer.from("x") })),
      ]);
    const digestOf = async (document: object) => {
      const { documentDigest } = await import("@deco-network/sdk");
      return documentDigest(encodeDocument(inputSchema, { deco: "input/1", ...document }));
    };
    const beside = await forge(inside({ salt }, "beside"), { input: await digestOf({ salt }) });
    expect(await codeOf(opening(beside, folder.path))).toBe("content-refused");
    const saltless = await forge(inside({}), { input: await digestOf({}) });
    expect(await codeOf(opening(saltless, folder.path))).toBe("content-refused");
  });

  it("passes on what its source could not read", async () => {
    await using folder = await temporaryFolder();
    const { document, key } = await seal(undefined);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("age-encryption.org/v1\n");
      throw new RangeError("the disk is gone");
    }
    const opened = openInput(document, key, failing(), join(folder.path, "o"), never);
    await expect(opened).rejects.toThrow("the disk is gone");
    expect(await readFile(join(folder.path, "o")).catch(() => "absent")).toBe("absent");
  });
});
