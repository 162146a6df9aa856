import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  documentDigest,
  encodeDocument,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import { hashFile, hashFolder } from "@deco-network/storage";
import type { Hex } from "viem";
import { describe, expect, it } from "vitest";

import { makeKeyPair, openResult, resultSaltOf, sealResult } from "../src/index.ts";
import { bytesOf, codeOf, inPieces, never, temporaryFolder } from "./support.ts";

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const TEXT = "the answer is forty-two; ".repeat(1_000);

/** A result with stored outputs and standard output, as an executor leaves it. */
async function writeResult(folder: string, change: Partial<ResultDocument> = {}) {
  const outputs = join(folder, "outputs");
  const stdout = join(folder, "text");
  await mkdir(outputs, { recursive: true });
  await writeFile(join(outputs, "answer.txt"), TEXT);
  await writeFile(stdout, TEXT);
  const [out, text] = [await hashFolder(outputs), await hashFile(stdout)];
  const bytes = encodeDocument(resultSchema, {
    ...{ deco: "result/1", exitCode: 0, salt: hash("a") },
    outputs: { cid: out.cid, bytes: out.bytes },
    stdout: { cid: text.cid, bytes: text.bytes },
    ...change,
  });
  return { bytes, outputs, stdout, digest: documentDigest(bytes) };
}

describe("a private result", () => {
  it.each(["x25519", "post-quantum"] as const)(
    "is opened by the requester's %s key",
    async (kind) => {
      await using folder = await temporaryFolder();
      const { digest, ...plain } = await writeResult(folder.path);
      const { identity, recipient } = await makeKeyPair(kind);
      const ciphertext = await bytesOf(sealResult(recipient, plain));
      expect(ciphertext.includes("forty-two")).toBe(false);
      const opened = await openResult(inPieces(ciphertext), identity, {
        ...{ digest, folder: join(folder.path, "opened"), maxBytes: 100_000, signal: never },
      });
      expect(await readFile(join(opened.outputs ?? "", "answer.txt"), "utf8")).toBe(TEXT);
      expect(await readFile(opened.stdout ?? "", "utf8")).toBe(TEXT);
      expect(opened.document).toMatchObject({ exitCode: 0, salt: hash("a") });
    },
  );

  it("is refused when it is not what the market accepted", async () => {
    await using folder = await temporaryFolder();
    const { digest, ...plain } = await writeResult(folder.path);
    const { identity, recipient } = await makeKeyPair("x25519");
    await using again = await temporaryFolder();
    const open = async (sealed: object, accepted = digest, key = identity, maxBytes = 100_000) =>
      await codeOf(
        openResult(sealResult(recipient, { bytes: plain.bytes, ...sealed }), key, {
          ...{
            digest: accepted,
            folder: join(again.path, randomUUID()),
            maxBytes,
            signal: never,
          },
        }),
      );
    const { bytes: _, ...parts } = plain;
    expect(await open(parts)).toBe("accepted");
    expect(await open(parts, hash("b"))).toBe("content-mismatch");
    expect(await open(parts, digest, (await makeKeyPair("x25519")).identity)).toBe("key-wrong");
    expect(await open(parts, digest, identity, 10)).toBe("content-too-large");
    expect(await open({})).toBe("content-refused");
    await writeFile(plain.stdout, "another text");
    expect(await open(parts)).toBe("content-mismatch");
    await writeFile(plain.stdout, TEXT);
    await writeFile(join(plain.outputs, "answer.txt"), "another answer");
    expect(await open(parts)).toBe("content-mismatch");
  });

  it("has a salt that replicas share and others cannot know", () => {
    const salt = resultSaltOf(hash("1"), hash("2"));
    expect(salt).toBe(resultSaltOf(hash("1"), hash("2")));
    expect(
      new Set([salt, resultSaltOf(hash("2"), hash("2")), resultSaltOf(hash("1"), hash("3"))]).size,
    ).toBe(3);
  });
});
