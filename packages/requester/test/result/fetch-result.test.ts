import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeDocument, type ResultDocument, resultSchema } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { bytesToHex, type Hex, zeroHash } from "viem";
import { describe, expect, it, onTestFinished } from "vitest";

import { fetchResult, isRequesterError, type RequesterErrorCode } from "../../src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

const OPTIONS = { visibility: "public" } as const;

async function memory(): Promise<Storage> {
  const storage = await openStorage({ peerToPeer: false });
  onTestFinished(() => storage.close());
  return storage;
}

function accepted(digest: Hex, document: Hex = "0x") {
  return { result: digest, digest, root: zeroHash, document };
}

async function stored(storage: Storage, result: Partial<ResultDocument>): Promise<Hex> {
  const document = { deco: "result/1", exitCode: 0, ...result } as const;
  return (await storage.addDocument(encodeDocument(resultSchema, document), OPTIONS)).digest;
}

function failing(code: RequesterErrorCode) {
  return (error: unknown) => isRequesterError(error, code);
}

describe("fetchResult", () => {
  it("takes the document from the settlement when it is there", async () => {
    const source = await memory();
    const digest = await stored(source, { stdout: { inline: "aGk=" } });
    const carried = bytesToHex(await source.getDocument(digest, { offline: true }));
    const folder = join(await temporaryFolder(), "result");
    const { runs, bytes } = await fetchResult(await memory(), {
      ...{ accepted: accepted(digest, carried), volume: 1, folder },
    });
    expect(runs).toMatchObject([{ exitCode: 0 }]);
    expect(bytes).toBe(2);
    expect(await readFile(join(folder, "stdout"), "utf8")).toBe("hi");
  });

  it("downloads stored outputs into an empty folder", async () => {
    const storage = await memory();
    const root = await temporaryFolder();
    await mkdir(join(root, "made", "deep"), { recursive: true });
    await writeFile(join(root, "made", "deep", "x"), new Uint8Array(5000));
    const { cid, bytes } = await storage.addFolder(join(root, "made"), OPTIONS);
    const digest = await stored(storage, { outputs: { cid, bytes } });
    const folder = join(root, "empty");
    await mkdir(folder);
    await fetchResult(storage, { accepted: accepted(digest), volume: 1, folder });
    expect(await readFile(join(folder, "out", "deep", "x"))).toHaveLength(5000);
  });

  it("stops at the limit and leaves nothing behind", async () => {
    const storage = await memory();
    const root = await temporaryFolder();
    const base64 = Buffer.alloc(300).toString("base64");
    const digest = await stored(storage, { outputs: { inline: [{ path: "a", base64 }] } });
    const fetching = fetchResult(storage, {
      ...{ accepted: accepted(digest), volume: 1, folder: join(root, "result"), maxBytes: 299 },
    });
    await expect(fetching).rejects.toSatisfy(failing("result-too-large"));
    expect(await readdir(root)).toEqual([]);
  });

  it("refuses outputs of another size than declared", async () => {
    const storage = await memory();
    const root = await temporaryFolder();
    await mkdir(join(root, "made"));
    await writeFile(join(root, "made", "x"), new Uint8Array(5000));
    const { cid } = await storage.addFolder(join(root, "made"), OPTIONS);
    const digest = await stored(storage, { outputs: { cid, bytes: 6000 } });
    const folder = join(root, "result");
    const fetching = fetchResult(storage, { accepted: accepted(digest), volume: 1, folder });
    await expect(fetching).rejects.toSatisfy(failing("result-invalid"));
    expect(existsSync(folder)).toBe(false);
  });

  it("says that nobody serves a result", async () => {
    const folder = join(await temporaryFolder(), "result");
    const fetching = fetchResult(await memory(), {
      ...{ accepted: accepted(`0x${"12".repeat(32)}`), volume: 1, folder, patienceMillis: 0 },
    });
    await expect(fetching).rejects.toSatisfy(failing("result-unavailable"));
  });

  it("refuses what is accepted but no result", async () => {
    const storage = await memory();
    const { digest } = await storage.addDocument(new TextEncoder().encode("{}"), OPTIONS);
    const folder = join(await temporaryFolder(), "result");
    const fetching = fetchResult(storage, { accepted: accepted(digest), volume: 1, folder });
    await expect(fetching).rejects.toSatisfy(failing("result-invalid"));
  });
});
