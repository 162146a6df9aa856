import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type CheckpointDocument,
  checkpointSchema,
  encodeDocument,
  type ProgramDocument,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Hash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fetchCheckpoint } from "../../src/checkpoints/fetch-checkpoint.ts";
import { newestKept } from "../../src/engines/kept-checkpoints.ts";
import { wasmProgram } from "../engines/wasm/support/prepared.ts";

const TASK: Hash = `0x${"ab".repeat(32)}`;
const NEVER = new AbortController().signal;
const PUBLIC = { visibility: "public" } as const;
const STATE = Buffer.from("a state of the run");
const PROGRAM = wasmProgram({
  limits: { fuel: "1000" },
  checkpoint: { intervalSeconds: 1, bytes: 32 },
});

describe("a checkpoint that the chain names", () => {
  let root: string;
  let folder: string;
  let storage: Storage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "deco-fetch-"));
    folder = join(root, "kept");
    storage = await openStorage({ peerToPeer: false, timeoutMillis: 200 });
  });
  afterEach(async () => {
    await storage.close();
    await rm(root, { recursive: true });
  });

  async function published(
    change: Partial<CheckpointDocument> = {},
    fuel: Pick<CheckpointDocument, "fuelUsed"> = { fuelUsed: "600" },
  ): Promise<Hash> {
    const { cid, bytes } = await storage.addBytes(STATE, PUBLIC);
    const document = {
      ...{ deco: "checkpoint/1" as const, task: TASK, sequence: 3, state: { cid, bytes } },
      ...{ ...fuel, ...change },
    };
    return (await storage.addDocument(encodeDocument(checkpointSchema, document), PUBLIC)).digest;
  }
  const fetched = (digest: Hash, program: ProgramDocument = PROGRAM) =>
    fetchCheckpoint({ storage, task: TASK, program, folder }, digest, NEVER);

  it("becomes one of the run's own", async () => {
    const kept = await fetched(await published());
    expect(kept).toMatchObject({ sequence: 3, bytes: STATE.length, fuelUsed: 600n });
    expect(await readFile(kept.path)).toEqual(STATE);
    expect(await newestKept(folder, { bytes: 32, fuel: 1_000n })).toEqual(kept);
  });

  const cidOf = async (content: Uint8Array) => (await storage.addBytes(content, PUBLIC)).cid;

  it.each<[string, string, () => Promise<Hash>]>([
    [
      "is no document",
      "document-invalid",
      async () => (await storage.addDocument(Buffer.from("poison"), PUBLIC)).digest,
    ],
    [
      "is a document of another kind",
      "document-invalid",
      async () => {
        const other = Buffer.from('{"deco":"input/1"}');
        return (await storage.addDocument(other, PUBLIC)).digest;
      },
    ],
    ["is another task's", "foreign-task", () => published({ task: `0x${"cd".repeat(32)}` })],
    [
      "is larger than the program's may be",
      "too-large",
      async () => published({ state: { cid: await cidOf(Buffer.alloc(33)), bytes: 33 } }),
    ],
    [
      "is larger than it says",
      "too-large",
      async () => published({ state: { cid: await cidOf(Buffer.alloc(2 ** 21)), bytes: 32 } }),
    ],
    [
      "is smaller than it says",
      "size-mismatch",
      async () => published({ state: { cid: await cidOf(STATE), bytes: 32 } }),
    ],
    [
      "is a folder",
      "unavailable",
      async () => {
        const { cid } = await storage.addFolder(await mkdtemp(join(root, "folder-")), PUBLIC);
        return published({ state: { cid, bytes: 0 } });
      },
    ],
    [
      "is not to be had",
      "unavailable",
      () =>
        published({
          state: { cid: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", bytes: 3 },
        }),
    ],
    ["is not to be had at all", "unavailable", async () => `0x${"99".repeat(32)}`],
    ["says nothing of fuel", "fuel-invalid", () => published({}, {})],
    ["says that all fuel was used", "fuel-invalid", () => published({ fuelUsed: "1000" })],
    ["says that none was", "fuel-invalid", () => published({ fuelUsed: "0" })],
  ])("is not used when it %s", async (_, code, publish) => {
    const digest = await publish();
    await expect(fetched(digest)).rejects.toMatchObject({ name: "CheckpointRefused", code });
    const names = await readdir(folder).catch(() => []);
    expect(names.filter((name) => name !== "part")).toEqual([]);
  });

  it("is not used by a program that keeps none", async () => {
    await expect(fetched(await published(), wasmProgram())).rejects.toMatchObject({
      code: "too-large",
    });
  });
});
