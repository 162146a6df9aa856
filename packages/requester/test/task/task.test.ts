import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bagSchema,
  bagTree,
  encodeDocument,
  requestToJson,
  resultSchema,
  taskIdOf,
} from "@deco-network/sdk";
import { abstain, cancel, claim } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import { concat, createWalletClient, custom, type Hex, hexToBytes, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  awaitTask,
  fetchResult,
  followTask,
  isRequesterError,
  itemFolder,
  submitTask,
  TaskRecords,
  type TaskStage,
} from "../../src/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { passTime, requestOf, serve, startMarket, type TestMarket } from "../support/market.ts";

describe("a task on a real chain", () => {
  let test: TestMarket;
  let storage: Storage;
  beforeAll(async () => {
    [test, storage] = await Promise.all([startMarket(2), openStorage({ peerToPeer: false })]);
  });
  afterAll(async () => {
    await storage.close();
    await test.devnet.stop();
  });

  async function storeResult(text: string): Promise<Hex> {
    const base64 = Buffer.from(text).toString("base64");
    const bytes = encodeDocument(resultSchema, {
      deco: "result/1",
      exitCode: 0,
      outputs: { inline: [{ path: "a/b.txt", base64 }] },
      stdout: { inline: base64 },
    });
    return (await storage.addDocument(bytes, { visibility: "public" })).digest;
  }

  it("is recorded, posted, told stage by stage, and its result written", async () => {
    const { market, providers } = test;
    const folder = await temporaryFolder();
    const records = new TaskRecords(join(folder, "tasks"));
    const request = await requestOf(market);
    const { taskId, gasUsed } = await submitTask(market, { request, records, output: folder });
    expect(gasUsed).toBeGreaterThan(0n);
    // Records spell addresses in lower case; every field must be the one that was posted.
    const record = await records.read(taskId);
    expect(record).toMatchObject({ taskId, output: folder });
    expect(record && requestToJson(record.request)).toEqual(requestToJson(request));

    const digest = await storeResult("hello");
    const stages: TaskStage[] = [];
    const [end] = await Promise.all([
      awaitTask(market, taskId, { onStage: (stage) => stages.push(stage) }),
      serve(providers, request, { digest }),
    ]);
    expect(end).toMatchObject({ stage: "settled", result: digest, weight: 20, totalWeight: 20 });
    const names = stages.map(({ stage }) => stage).filter((name) => name !== "waiting");
    expect(names).toEqual([
      ...["posted", "round-opened", "seat-taken", "seat-taken", "executing"],
      ...["committed", "committed", "revealing", "revealed", "revealed"],
      ...["seat-ended", "seat-ended", "settled"],
    ]);
    expect(stages).toContainEqual(expect.objectContaining({ stage: "waiting", for: "seats" }));

    if (end.stage !== "settled") return;
    const target = join(folder, "result");
    const fetched = await fetchResult(storage, { accepted: end, volume: 1, folder: target });
    expect(fetched.runs).toHaveLength(1);
    expect(await readFile(join(target, "out", "a", "b.txt"), "utf8")).toBe("hello");
    expect(await readFile(join(target, "stdout"), "utf8")).toBe("hello");
    const again = fetchResult(storage, { accepted: end, volume: 1, folder: target });
    await expect(again).rejects.toSatisfy((error) => isRequesterError(error, "output-exists"));
  });

  it("writes each item of a bag whose root is the accepted one", async () => {
    const { market, providers } = test;
    const folder = await temporaryFolder();
    const records = new TaskRecords(join(folder, "tasks"));
    const request = await requestOf(market, { volume: 3 });
    const { taskId } = await submitTask(market, { request, records });
    const digests = await Promise.all(["x", "y", "z"].map(storeResult));
    const list = hexToBytes(concat(digests));
    const items = (await storage.addBytes(list, { visibility: "public" })).cid;
    const manifest = encodeDocument(bagSchema, { deco: "bag/1", count: 3, items });
    const { digest } = await storage.addDocument(manifest, { visibility: "public" });
    const { root } = bagTree(digests);
    const [end] = await Promise.all([
      awaitTask(market, taskId),
      serve(providers, request, { digest, root }),
    ]);
    if (end.stage !== "settled") throw new TypeError(end.reason);
    const target = join(folder, "result");
    await fetchResult(storage, { accepted: end, volume: 3, folder: target });
    const last = join(itemFolder(target, 2, 3), "out", "a", "b.txt");
    expect(await readFile(last, "utf8")).toBe("z");

    const other = { ...end, root: digest };
    const wrong = fetchResult(storage, { accepted: other, volume: 3, folder: join(folder, "w") });
    await expect(wrong).rejects.toSatisfy((error) => isRequesterError(error, "result-invalid"));
  });

  it("tells of a cancelled task", async () => {
    const { market } = test;
    const records = new TaskRecords(await temporaryFolder());
    const request = await requestOf(market);
    const { taskId } = await submitTask(market, { request, records });
    await cancel(market.client, { deployment: market.deployment, request });
    expect(await awaitTask(market, taskId)).toMatchObject({ stage: "ended", reason: "cancelled" });
  });

  it("ends a task by itself when nobody takes it", async () => {
    const { market } = test;
    const records = new TaskRecords(await temporaryFolder());
    const request = await requestOf(market, { claimWindow: 1, rampSeconds: 1 });
    const { taskId } = await submitTask(market, { request, records });
    const end = await awaitTask(market, taskId, { rescueAfterBlocks: 2 });
    expect(end).toMatchObject({
      stage: "ended",
      reason: "unfilled",
      caller: market.client.account?.address,
    });
  });

  it("loses no stage when the node fails between two of its answers", async () => {
    const { market } = test;
    const records = new TaskRecords(await temporaryFolder());
    const request = await requestOf(market);
    const { taskId } = await submitTask(market, { request, records });
    let calls = 0;
    const failing = {
      ...market,
      client: createWalletClient({
        pollingInterval: 50,
        transport: custom(
          {
            async request(question) {
              // The events are logs, so only what the task waits for is asked by a call.
              if (question.method === "eth_call" && calls++ === 0) throw new Error("gone");
              return await market.client.request(question);
            },
          },
          { retryCount: 0 },
        ),
      }),
    };
    const seen: string[] = [];
    for await (const { stage } of followTask(failing, taskId)) {
      seen.push(stage);
      if (stage === "waiting") await cancel(market.client, { ...market, request });
    }
    expect(seen).toEqual(["posted", "round-opened", "waiting", "ended"]);
    expect(calls).toBeGreaterThan(1);
  });

  it("opens the next round by itself, and ends a task that has none left", async () => {
    const { market, providers } = test;
    const records = new TaskRecords(await temporaryFolder());
    const request = await requestOf(market, { replicas: 1, maxReplicas: 2, minAgreeing: 1 });
    const { taskId } = await submitTask(market, { request, records });
    const [provider] = providers;
    if (provider === undefined) throw new TypeError("no provider");
    const { client, deployment } = provider.market;
    await passTime(market, request.claimWindow - 20);
    await vi.waitFor(() => claim(client, { deployment, request }), { timeout: 15_000 });
    await abstain(client, { deployment, taskId, reason: "other" });

    const seen: string[] = [];
    const following = followTask(market, taskId, { rescueAfterBlocks: 1 });
    for await (const stage of following) {
      seen.push(stage.stage === "round-opened" ? `round ${stage.round}` : stage.stage);
      // Reveal and settle windows of the first round, then the claim window of the second.
      if (stage.stage === "waiting") await passTime(market, request.claimWindow);
      if (stage.stage === "ended") expect(stage.reason).toBe("vote-failed");
    }
    expect(seen.filter((name) => name !== "waiting")).toEqual([
      ...["posted", "round 1", "seat-taken", "executing", "abstained"],
      ...["round 2", "seat-ended", "ended"],
    ]);
  });

  it("sends nothing when the account cannot pay, and keeps no record", async () => {
    const { market } = test;
    const records = new TaskRecords(await temporaryFolder());
    const price = parseEther("10000000");
    const request = await requestOf(market, { minPrice: price, maxPrice: price, lock: price });
    const submitted = submitTask(market, { request, records });
    await expect(submitted).rejects.toSatisfy((error) =>
      isRequesterError(error, "balance-too-low"),
    );
    expect(await records.list()).toEqual([]);
  });

  it("says that a task is unknown", async () => {
    const { market } = test;
    const { chainId, market: address } = market.deployment;
    const taskId = taskIdOf({ chainId, market: address }, await requestOf(market));
    const following = awaitTask(market, taskId);
    await expect(following).rejects.toSatisfy((error) => isRequesterError(error, "task-unknown"));
  });

  it("stops waiting when it is aborted", async () => {
    const { market } = test;
    const records = new TaskRecords(await temporaryFolder());
    const request = await requestOf(market);
    const { taskId } = await submitTask(market, { request, records });
    const stop = new AbortController();
    const onStage = (stage: TaskStage) => {
      if (stage.stage === "waiting") stop.abort();
    };
    const following = awaitTask(market, taskId, { signal: stop.signal, onStage });
    await expect(following).rejects.toSatisfy((error) => isRequesterError(error, "aborted"));
    await cancel(market.client, { deployment: market.deployment, request });
  });
});
