import {
  checkReceipt,
  digestToCid,
  encodeDocument,
  receiptNameOf,
  resultSchema,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Assignment } from "../../src/journal/rows.ts";
import type { VotedResult } from "../../src/journal/transition.ts";
import { receiptNamed } from "../../src/results/receipt-named.ts";
import { ReceiptWriter } from "../../src/results/receipt-writer.ts";
import { ResultStore } from "../../src/results/result-store.ts";

const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const domain = { chainId: 31_337, market: account.address };
const key = { task: `0x${"ab".repeat(32)}`, round: 2 } as const;
const never = new AbortController().signal;
const usage = {
  engine: { name: "wasm", version: "1" },
  ...{ fetchMillis: 1, prepareMillis: 2, runMillis: 3, runs: 1 },
  ...{ cpuMillis: 4, peakMemoryBytes: 5, fuelUsed: 2n ** 60n, energyMillijoules: 6 },
};

describe("a receipt", () => {
  let storage: Storage;
  let result: VotedResult & { readonly receipt: `0x${string}` };

  beforeEach(async () => {
    storage = await openStorage({ peerToPeer: false });
    const bytes = encodeDocument(resultSchema, { deco: "result/1", exitCode: 0 });
    const { digest } = await storage.addDocument(bytes, { visibility: "private" });
    const writer = new ReceiptWriter({ storage, domain, provider: 7, account });
    result = { digest, receipt: await writer.write(key, digest, usage, never) };
  });
  afterEach(() => storage.close());

  const served = () => storage.getPublicBlock(digestToCid(result.receipt));

  it("is signed by the operator, and holds what was measured", async () => {
    const bytes = await storage.getDocument(result.receipt, { offline: true });
    const seat = { taskId: key.task, provider: 7, round: 2, result: result.digest };
    const checked = await checkReceipt(domain, bytes, { ...seat, operators: [account.address] });
    expect(checked).toMatchObject({
      ok: true,
      receipt: {
        timings: { fetchMillis: 1, prepareMillis: 2, runMillis: 3 },
        ...{ cpuMillis: 4, peakMemoryBytes: 5, fuelUsed: `${2n ** 60n}`, energyMillijoules: 6 },
      },
    });
  });

  it("is nobody's to see until its result is published", async () => {
    expect(await served()).toBeUndefined();
    await new ResultStore(storage).publish(result, never);
    expect(await served()).toBeDefined();
  });

  it("goes with a result that lost", async () => {
    await new ResultStore(storage).discard(result, never);
    expect(await storage.staged()).toEqual([]);
    expect(await served()).toBeUndefined();
  });

  it("that was lost keeps no result from being published", async () => {
    await storage.discard(digestToCid(result.receipt));
    await storage.collectGarbage();
    await new ResultStore(storage).publish(result, never);
    expect(await storage.getPublicBlock(digestToCid(result.digest))).toBeDefined();
  });

  it("is found by the name of its seat, and by no other", () => {
    const seats = [{ facts: {} }, { facts: { result } }] as unknown as Assignment[];
    const journal = { assignmentsOf: (task: string) => (task === key.task ? seats : []) };
    const find = (name: string) => receiptNamed(journal, 7, name);
    expect(find(receiptNameOf(key.task, 7))).toBe(digestToCid(result.receipt));
    const others = [
      receiptNameOf(key.task, 8),
      receiptNameOf(`0x${"cd".repeat(32)}`, 7),
      `other/${receiptNameOf(key.task, 7)}`,
      "receipts",
    ];
    expect(others.map(find)).toEqual(others.map(() => undefined));
  });
});
