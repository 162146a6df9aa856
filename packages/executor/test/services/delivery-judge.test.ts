import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  bagResultOf,
  bagSchema,
  bagTree,
  documentDigest,
  encodeDocument,
  type ResultDocument,
  resultSchema,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { bytesToHex, concat, type Hash, hexToBytes, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AcceptedOpening } from "../../src/market/market-reader.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { DeliveryJudge } from "../../src/services/delivery-judge.ts";

const TASK = `0x${"ab".repeat(32)}` as const;
const never = new AbortController().signal;
const visibility = "public" as const;
const content = new Uint8Array(3_000).fill(7);

describe("a judge of delivery", () => {
  let provider: Storage;
  let judge: Storage;

  beforeEach(async () => {
    [provider, judge] = await Promise.all([openStorage(), openStorage({ timeoutMillis: 500 })]);
  });
  afterEach(() => Promise.all([provider.close(), judge.close()]));

  function judging(
    accepted: AcceptedOpening,
    { volume = 1, seconds = 2, diskBytes = 2 ** 20, endpoints = provider.addresses() } = {},
  ) {
    const desk = new DeliveryJudge({
      ...{ storage: judge, market: { endpointsOf: async () => endpoints } },
      ...{ diskBytes, retryMillis: 20, logger: createLogger("silent") },
    });
    const delivery = { task: TASK, request: { volume }, accepted, roster: [1] };
    return desk.judge(delivery, AbortSignal.timeout(seconds * 1_000), never);
  }

  async function outputs(bytes = content.length) {
    const added = await provider.addBytes(content, { visibility });
    return { cid: added.cid, bytes };
  }

  /** A run's result, served by the provider. */
  async function run(document: Partial<ResultDocument>): Promise<AcceptedOpening> {
    const bytes = encodeDocument(resultSchema, { deco: "result/1", exitCode: 0, ...document });
    const { digest } = await provider.addDocument(bytes, { visibility });
    return { result: digest, digest, root: zeroHash, document: "0x" };
  }

  async function bag(digests: readonly Hash[], root = bagTree(digests).root) {
    const list = await provider.addBytes(hexToBytes(concat(digests)), { visibility });
    const manifest = { deco: "bag/1", count: digests.length, items: list.cid } as const;
    const bytes = encodeDocument(bagSchema, manifest);
    const { digest } = await provider.addDocument(bytes, { visibility });
    return { result: bagResultOf(root, digest), digest, root, document: "0x" } as const;
  }

  it("finds outputs available that a provider serves, and pins them", async () => {
    const accepted = await run({ outputs: await outputs() });
    expect(await judging(accepted)).toBe("available");
    await provider.close();
    const bytes = await judge.getDocument(accepted.digest, { offline: true });
    expect(documentDigest(bytes)).toBe(accepted.digest);
    await judge.collectGarbage();
    expect(await judge.pins()).toHaveLength(2);
  });

  it("takes the document from the settlement when it came with it", async () => {
    const bytes = encodeDocument(resultSchema, { deco: "result/1", exitCode: 3 });
    const digest = documentDigest(bytes);
    const document = bytesToHex(bytes);
    const accepted = { result: digest, digest, root: zeroHash, document };
    expect(await judging(accepted, { endpoints: [] })).toBe("available");
  });

  it("finds a bag available with every item's outputs", async () => {
    const items = [await run({ outputs: await outputs() }), await run({ exitCode: 1 })];
    const accepted = await bag(items.map(({ digest }) => digest));
    expect(await judging(accepted, { volume: 2 })).toBe("available");
    expect(await judge.pins()).toHaveLength(5);
  });

  it("finds unavailable what nobody serves within its time, and not before", async () => {
    const accepted = await run({ outputs: await outputs() });
    const start = performance.now();
    expect(await judging(accepted, { endpoints: [], seconds: 1 })).toBe("unavailable");
    expect(performance.now() - start).toBeGreaterThan(900);
  });

  it("finds unavailable a bag of which one item is missing", async () => {
    const items = [(await run({})).digest, `0x${"12".repeat(32)}` as const];
    expect(await judging(await bag(items), { volume: 2, seconds: 1 })).toBe("unavailable");
    expect(await judge.pins()).toEqual([]);
  });

  it("takes outputs that come late", async () => {
    const accepted = await run({ outputs: await outputs() });
    let asked = 0;
    const desk = new DeliveryJudge({
      storage: judge,
      market: { endpointsOf: async () => (++asked > 2 ? provider.addresses() : []) },
      ...{ diskBytes: 2 ** 20, retryMillis: 20, logger: createLogger("silent") },
    });
    const delivery = { task: TASK, request: { volume: 1 }, accepted, roster: [1] };
    expect(await desk.judge(delivery, AbortSignal.timeout(20_000), never)).toBe("available");
  });

  describe("of corrupt content, finds unavailable", () => {
    it("a document that is no result", async () => {
      const bytes = new TextEncoder().encode("not a document");
      const { digest } = await provider.addDocument(bytes, { visibility });
      const accepted = { result: digest, digest, root: zeroHash, document: "0x" } as const;
      expect(await judging(accepted, { seconds: 60 })).toBe("unavailable");
    });

    it("outputs of another size than was declared", async () => {
      const accepted = await run({ outputs: await outputs(content.length + 1) });
      expect(await judging(accepted, { seconds: 60 })).toBe("unavailable");
    });

    it("a list of items that does not lead to the accepted root", async () => {
      const { digest } = await run({});
      const other = bagTree([digest, zeroHash]).root;
      const accepted = await bag([digest, digest], other);
      expect(await judging(accepted, { volume: 2, seconds: 60 })).toBe("unavailable");
    });

    it("blocks that are not what their name says", async () => {
      const server = createServer((_request, response) => response.end("something else"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        judge.addGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        const accepted = await run({ outputs: await outputs() });
        expect(await judging(accepted, { endpoints: [], seconds: 1 })).toBe("unavailable");
        expect(await judge.has((await outputs()).cid)).toBe(false);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  });

  it("does not know about outputs for which it has no room", async () => {
    const accepted = await run({ outputs: await outputs() });
    expect(await judging(accepted, { diskBytes: 1_000, seconds: 60 })).toBe("too-large");
  });

  it("stops when the executor stops, without a verdict", async () => {
    const stopping = new AbortController();
    const desk = new DeliveryJudge({
      ...{ storage: judge, market: { endpointsOf: async () => [] } },
      ...{ diskBytes: 2 ** 20, retryMillis: 20, logger: createLogger("silent") },
    });
    const accepted = await run({});
    const delivery = { task: TASK, request: { volume: 1 }, accepted, roster: [] };
    const verdict = desk.judge(delivery, AbortSignal.timeout(60_000), stopping.signal);
    stopping.abort();
    await expect(verdict).rejects.toMatchObject({ name: "AbortError" });
  });
});
