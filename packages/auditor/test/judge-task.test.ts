import {
  bagResultOf,
  bagRootFromProof,
  bagSchema,
  bagTree,
  encodeDocument,
  type Request,
} from "@deco-network/sdk";
import { openStorage, type Storage, StorageError } from "@deco-network/storage";
import { concat, type Hex, hexToBytes, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ChosenTask } from "../src/journal/rows.ts";
import { type JudgeParts, judgeTask } from "../src/judge/judge-task.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const TRUTH = hash("1");
const never = new AbortController().signal;

type Outcome = Awaited<ReturnType<JudgeParts["runner"]["runItem"]>>;
const completed = (digest: Hex): Outcome => ({ kind: "completed", result: { digest } });
const abstained = (reason: Extract<Outcome, { kind: "abstained" }>["reason"]): Outcome => ({
  ...{ kind: "abstained", reason, detail: "it says" },
});

describe("judgeTask", () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await openStorage({ peerToPeer: false });
  });
  afterAll(() => storage.close());

  /** A runner that gives these outcomes, one after the other, and counts what it is asked. */
  function runnerOf(...outcomes: readonly (Outcome | Error)[]) {
    const asked: number[] = [];
    let released = 0;
    const left = [...outcomes];
    const runner: JudgeParts["runner"] = {
      async runItem(_key, _request, index) {
        asked.push(index);
        const next = left.shift();
        if (next === undefined) throw new RangeError("asked too often");
        if (next instanceof Error) throw next;
        return next;
      },
      async release() {
        released += 1;
      },
    };
    return { runner, asked, released: () => released };
  }

  const single = (result: Hex): ChosenTask => ({
    accepted: {
      ...{ taskId: hash("a"), result, digest: result, root: zeroHash, document: "0x" },
      blockNumber: 1,
    },
    ...{ items: [0], closesAt: 100 },
  });

  function judge(
    runner: JudgeParts["runner"],
    task: ChosenTask,
    { volume = 1, late = never }: { volume?: number; late?: AbortSignal } = {},
  ) {
    const request = { volume } as Request;
    return judgeTask({ runner, storage, retryMillis: 1 }, task, request, late, never);
  }

  it("finds a result right that running again gives, with one run", async () => {
    const { runner, asked, released } = runnerOf(completed(TRUTH));
    expect(await judge(runner, single(TRUTH))).toEqual({ kind: "right" });
    expect(asked).toEqual([0]);
    expect(released()).toBe(1);
  });

  it("finds another result wrong only when a second run agrees with the first", async () => {
    const { runner } = runnerOf(completed(TRUTH), completed(TRUTH));
    expect(await judge(runner, single(hash("2")))).toEqual({
      kind: "wrong",
      wrong: { index: 0, accepted: hash("2"), computed: TRUTH, proof: [] },
    });
    const unstable = runnerOf(completed(TRUTH), completed(hash("3"))).runner;
    expect(await judge(unstable, single(hash("2")))).toMatchObject({
      ...{ kind: "inconclusive", reason: "unstable" },
    });
  });

  it.each([
    ["engine-unavailable", "cannot-run"],
    ["limit-exceeded", "cannot-run"],
    ["image-invalid", "content-invalid"],
    ["input-unavailable", "content-invalid"],
  ] as const)("has no answer when the run abstains as %s", async (reason, expected) => {
    const { runner } = runnerOf(abstained(reason));
    const found = await judge(runner, single(TRUTH));
    expect(found).toMatchObject({ kind: "inconclusive", reason: expected });
  });

  it("asks again for content that cannot be had yet", async () => {
    const absent = new StorageError("block-not-found", "nobody has it", { remedy: "" });
    const { runner, asked } = runnerOf(absent, absent, completed(TRUTH));
    expect(await judge(runner, single(TRUTH))).toEqual({ kind: "right" });
    expect(asked).toEqual([0, 0, 0]);
  });

  it("says so when content did not come before the window was nearly over", async () => {
    const late = new AbortController();
    const absent = new StorageError("block-not-found", "nobody has it", { remedy: "" });
    const silent: JudgeParts["runner"] = {
      release: async () => undefined,
      runItem: async () => {
        late.abort();
        throw absent;
      },
    };
    const found = await judge(silent, single(TRUTH), { late: late.signal });
    expect(found).toMatchObject({
      ...{ kind: "inconclusive", reason: "content-unavailable", detail: "nobody has it" },
    });
  });

  it("gives up when the window is nearly over, and cleans up", async () => {
    const late = new AbortController();
    const { runner, released } = runnerOf();
    const slow: JudgeParts["runner"] = {
      release: runner.release,
      runItem: async (_key, _request, _index, signal) => {
        late.abort();
        signal.throwIfAborted();
        throw new RangeError("not reached");
      },
    };
    const found = await judge(slow, single(TRUTH), { late: late.signal });
    expect(found).toMatchObject({ kind: "inconclusive", reason: "window-over" });
    expect(released()).toBe(1);
  });

  describe("of a bag", () => {
    const items = [hash("4"), hash("5"), hash("6"), hash("7")];
    const { root } = bagTree(items);

    async function bag(chosen: readonly number[], claimedRoot = root): Promise<ChosenTask> {
      const list = await storage.addBytes(hexToBytes(concat(items)), { visibility: "public" });
      const document = encodeDocument(bagSchema, { deco: "bag/1", count: 4, items: list.cid });
      const { digest } = await storage.addDocument(document, { visibility: "public" });
      const result = bagResultOf(claimedRoot, digest);
      return {
        accepted: {
          ...{ taskId: hash("b"), result, digest, root: claimedRoot, document: "0x" },
          blockNumber: 1,
        },
        ...{ items: chosen, closesAt: 100 },
      };
    }

    it("runs the sampled items only, and proves the accepted one that is wrong", async () => {
      const { runner, asked } = runnerOf(completed(hash("5")), completed(TRUTH), completed(TRUTH));
      const task = await bag([1, 3]);
      const found = await judge(runner, task, { volume: 4 });
      expect(asked).toEqual([1, 3, 3]);
      if (found.kind !== "wrong") throw new RangeError(found.kind);
      const { index, accepted, computed, proof } = found.wrong;
      expect({ index, accepted, computed }).toEqual({
        ...{ index: 3, accepted: hash("7"), computed: TRUTH },
      });
      expect(proof.at(-1)).toBe(task.accepted.digest);
      expect(bagRootFromProof(index, accepted, proof.slice(0, -1))).toBe(root);
    });

    it("has no answer when the list is not what the chain accepted", async () => {
      const { runner, asked } = runnerOf();
      const found = await judge(runner, await bag([0], hash("8")), { volume: 4 });
      expect(found).toMatchObject({ kind: "inconclusive", reason: "content-invalid" });
      expect(asked).toEqual([]);
    });
  });
});
