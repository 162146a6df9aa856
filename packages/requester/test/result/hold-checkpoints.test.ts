import {
  type CheckpointDocument,
  checkpointSchema,
  digestToCid,
  encodeDocument,
  type ProgramDocument,
  programSchema,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Hex } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { CheckpointHolder } from "../../src/index.ts";

const TASK: Hex = `0x${"ab".repeat(32)}`;
const LOOSE = { visibility: "public", pin: false } as const;
const PROGRAM: ProgramDocument = {
  ...{ deco: "program/1", engine: "wasm", command: [], env: {}, network: "none", stdout: false },
  module: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
  limits: {
    ...{ memoryBytes: 65_536, outputBytes: 0, stdoutBytes: 0, wallSeconds: 60 },
    fuel: "1000",
  },
  checkpoint: { intervalSeconds: 1, bytes: 100 },
};

describe("a requester that follows its task", () => {
  let storage: Storage;
  let holder: CheckpointHolder;

  beforeEach(async () => {
    storage = await openStorage({ peerToPeer: false, timeoutMillis: 200 });
    const encoded = encodeDocument(programSchema, PROGRAM);
    const { digest } = await storage.addDocument(encoded, LOOSE);
    holder = new CheckpointHolder(storage, TASK, { program: digest });
  });
  afterEach(() => storage.close());

  async function logged(
    text: string,
    change: Partial<CheckpointDocument> = {},
  ): Promise<{ readonly digest: Hex; readonly cids: string[] }> {
    const { cid, bytes } = await storage.addBytes(Buffer.from(text), LOOSE);
    const state = { cid, bytes };
    const document = { deco: "checkpoint/1" as const, task: TASK, sequence: 1, state, ...change };
    const encoded = encodeDocument(checkpointSchema, document);
    const { digest } = await storage.addDocument(encoded, LOOSE);
    return { digest, cids: [cid, digestToCid(digest)] };
  }

  it("holds the two newest checkpoints, and none when it is over", async () => {
    const all = [await logged("first"), await logged("second"), await logged("third")];
    for (const { digest } of all) expect(await holder.hold(digest)).toBe(true);
    const held = all.slice(1).flatMap(({ cids }) => cids);
    expect(new Set(await storage.pins())).toEqual(new Set(held));
    await holder.close();
    expect(await storage.pins()).toEqual([]);
    expect(await holder.hold(all[0]?.digest ?? "0x")).toBe(false);
  });

  it("leaves what it has pinned itself, when a checkpoint names that", async () => {
    const own = await storage.addBytes(Buffer.from("my input"), { visibility: "public" });
    const { digest } = await logged("my input");
    expect(await holder.hold(digest)).toBe(true);
    await holder.close();
    expect(await storage.pins()).toEqual([own.cid]);
  });

  it.each<[string, () => Promise<Hex>]>([
    ["is another task's", async () => (await logged("x", { task: `0x${"cd".repeat(32)}` })).digest],
    ["is larger than the program's may be", async () => (await logged("x".repeat(101))).digest],
    ["is gone", async () => `0x${"99".repeat(32)}`],
    ["is no checkpoint", async () => (await storage.addDocument(Buffer.from("x"), LOOSE)).digest],
  ])("holds nothing that %s", async (_, poison) => {
    expect(await holder.hold(await poison())).toBe(false);
    expect(await storage.pins()).toEqual([]);
  });

  it("fetches no more than a checkpoint says that it has", async () => {
    const { cid } = await storage.addBytes(Buffer.alloc(5 * 2 ** 20), LOOSE);
    const { digest } = await logged("x", { state: { cid, bytes: 100 } });
    expect(await holder.hold(digest)).toBe(false);
    await holder.close();
    expect(await storage.pins()).toEqual([]);
  });
});
