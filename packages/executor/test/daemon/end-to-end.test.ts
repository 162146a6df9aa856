import { bagSchema, decodeDocument, digestToCid, resultSchema } from "@deco-network/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

describe("three executors on a local chain", () => {
  let network: TestNetwork;
  let executors: Executor[];

  beforeAll(async () => {
    network = await startNetwork(3);
    executors = await Promise.all(
      network.providers.map((provider) => startExecutor(configOf(provider))),
    );
    for (const { endpoint } of executors) await network.dial(endpoint);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(executors.map((executor) => executor.stop()));
    await network.close();
  });

  it("describe their endpoints on-chain before they are ready", async () => {
    const { client, devnet } = network;
    expect(executors.map(({ identity }) => identity.provider).sort()).toEqual([1, 2, 3]);
    const logs = await client.getLogs({ address: devnet.addresses.market, fromBlock: 0n });
    for (const { endpoint } of executors) {
      const spelled = Buffer.from(endpoint).toString("hex");
      expect(logs.some(({ data }) => data.includes(spelled))).toBe(true);
    }
  });

  it("run a task, agree, settle it with its document and publish the result", async () => {
    const task = await network.post({ terms: { replicas: 3, maxReplicas: 3, minAgreeing: 2 } });
    const settled = await network.until(async () =>
      (await network.events(task)).find(({ eventName }) => eventName === "TaskSettled"),
    );
    if (settled.eventName !== "TaskSettled") throw new TypeError(settled.eventName);
    const result = decodeDocument(resultSchema, Buffer.from(settled.args.document.slice(2), "hex"));
    const stdout = result.stdout && "inline" in result.stdout ? result.stdout.inline : "";
    expect(Buffer.from(stdout, "base64").toString()).toBe("GREETING=hello\0");
    const ends = (await network.events(task)).filter(({ eventName }) => eventName === "SeatEnded");
    expect(ends.map(({ args }) => "outcome" in args && args.outcome)).toEqual([1, 1, 1]);
    const fetched = await network.storage.getDocument(settled.args.digest, {
      timeoutMillis: 20_000,
    });
    expect(Buffer.from(fetched).toString("hex")).toBe(settled.args.document.slice(2));
  }, 60_000);

  it("run a bag whose items' results can be fetched one by one", async () => {
    const task = await network.post({
      items: 5,
      terms: { replicas: 3, maxReplicas: 3, minAgreeing: 2 },
    });
    const settled = await network.until(async () =>
      (await network.events(task)).find(({ eventName }) => eventName === "TaskSettled"),
    );
    if (settled.eventName !== "TaskSettled") throw new TypeError(settled.eventName);
    const { storage } = network;
    const timeoutMillis = 20_000;
    const manifest = await storage.getDocument(settled.args.digest, { timeoutMillis });
    const { items, count } = decodeDocument(bagSchema, manifest);
    expect(count).toBe(5);
    const chunks: Uint8Array[] = [];
    for await (const chunk of storage.readFile(items, { timeoutMillis })) chunks.push(chunk);
    const list = Buffer.concat(chunks);
    for (let i = 0; i < count; i++) {
      const digest = `0x${list.subarray(32 * i, 32 * i + 32).toString("hex")}` as const;
      const bytes = await storage.getBlock(digestToCid(digest), { timeoutMillis });
      const { stdout } = decodeDocument(resultSchema, bytes);
      const text = stdout && "inline" in stdout ? Buffer.from(stdout.inline, "base64") : "";
      expect(String(text)).toContain(`DECO_ITEM_INDEX=${i}\0`);
    }
  }, 60_000);

  it("answer on their status endpoints", async () => {
    for (const { status } of executors) {
      expect((await fetch(`${status}/healthz`)).status).toBe(200);
      expect((await fetch(`${status}/readyz`)).status).toBe(200);
      expect((await fetch(`${status}/other`)).status).toBe(404);
    }
  });
});
