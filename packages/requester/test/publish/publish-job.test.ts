import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cidToDigest, decodeDocument, inputSchema, programSchema } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { describe, expect, it, onTestFinished } from "vitest";

import { hashJob, isRequesterError, type JobDraft, loadJob, publishJob } from "../../src/index.ts";
import { temporaryFolder } from "../support/folder.ts";

const draft: JobDraft = {
  program: {
    kind: "draft",
    draft: {
      deco: "program/1",
      engine: "wasm",
      module: { file: "m.wasm" },
      limits: { memoryBytes: 65_536, outputBytes: 9, stdoutBytes: 0, wallSeconds: 1, fuel: "9" },
    },
    artefact: new Uint8Array([0, 0x61, 0x73, 0x6d]),
  },
  files: { kind: "files", files: new Map([["deep/a.txt", new TextEncoder().encode("a")]]) },
  items: { kind: "bytes", items: [new Uint8Array([1]), new Uint8Array([2])] },
};

async function memory(): Promise<Storage> {
  const storage = await openStorage({ peerToPeer: false });
  onTestFinished(() => storage.close());
  return storage;
}

describe("publishJob", () => {
  it("stores everything that a provider needs, under the digests that it returns", async () => {
    const storage = await memory();
    const job = await publishJob(storage, draft);
    const offline = { offline: true };
    const program = decodeDocument(programSchema, await storage.getDocument(job.program, offline));
    const input = decodeDocument(inputSchema, await storage.getDocument(job.input, offline));
    expect(program).toEqual(job.programDocument);
    expect(program.engine === "wasm" && (await storage.has(program.module))).toBe(true);
    expect(input).toEqual(job.inputDocument);
    expect(await storage.stat(input.files ?? "", offline)).toEqual({
      kind: "folder",
      bytes: 1,
      files: 1,
    });
    expect(job.volume).toBe(2);
    const list = await storage.getBlock(input.items?.list ?? "", offline);
    expect(list).toHaveLength(64);
    expect(await storage.getPublicBlock(job.cids.program)).toBeDefined();
  });

  it("stores a circuit's keys and names what its input commits to", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "keys"));
    await writeFile(join(folder, "keys", "verification-key.json"), "{}");
    const commitment = `0x${"0".repeat(62)}2a`;
    const limits = { memoryBytes: 65_536, outputBytes: 0, stdoutBytes: 0, wallSeconds: 1 };
    const program = { deco: "program/1", engine: "circuit", circuit: { folder: "keys" }, limits };
    const path = join(folder, "job.json");
    const price = { max: "1" };
    const input = { commitment };
    const file = { deco: "job/1", price, program: { document: program }, input };
    await writeFile(path, JSON.stringify(file));
    const storage = await memory();
    const job = await publishJob(storage, (await loadJob(path)).draft);
    const published = job.programDocument;
    expect(published.engine === "circuit" && (await storage.has(published.circuit))).toBe(true);
    expect(job.inputDocument).toEqual({ deco: "input/1", commitment });
  });

  it("gives the digests that hashing alone gives", async () => {
    const job = await publishJob(await memory(), draft);
    expect(await hashJob(draft)).toEqual(job);
  });

  it("gives the same folder from disk as from memory", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "deep"));
    await writeFile(join(folder, "deep", "a.txt"), "a");
    const fromDisk = await hashJob({ ...draft, files: { kind: "folder", path: folder } });
    expect(fromDisk.cids.files).toBe((await hashJob(draft)).cids.files);
  });

  it("reads a program that is stored already", async () => {
    const storage = await memory();
    const job = await publishJob(storage, draft);
    const again = await publishJob(storage, { program: { kind: "stored", cid: job.cids.program } });
    expect(again.program).toBe(cidToDigest(job.cids.program));
    expect(again.programDocument).toEqual(job.programDocument);
  });

  it.each([
    ["one item", { kind: "bytes", items: [new Uint8Array(1)] }],
    [
      "an item beyond a block",
      { kind: "bytes", items: [new Uint8Array(1), new Uint8Array(2 ** 20 + 1)] },
    ],
  ] as const)("refuses %s", async (_, items) => {
    const error = await hashJob({ ...draft, items }).catch((thrown: unknown) => thrown);
    expect(isRequesterError(error, "items-invalid")).toBe(true);
  });

  it("refuses input paths that leave the folder", async () => {
    const files = { kind: "files", files: new Map([["../a", new Uint8Array(1)]]) } as const;
    const error = await hashJob({ ...draft, files }).catch((thrown: unknown) => thrown);
    expect(isRequesterError(error, "job-invalid")).toBe(true);
  });
});
