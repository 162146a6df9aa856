import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { type Request, requestSchema, type SignedTaskOffer } from "@deco-network/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { OrderStore } from "../src/store/order-store.ts";
import { type Attempt, type Purpose, requestText, seatsText } from "../src/store/orders.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const address = (digit: string) => `0x${digit.repeat(40)}` as const;
const taskId = hash("a");
const IDENTITY = { chainId: 31_337, market: address("1"), allocator: address("2") };

/** Every field is different, and wide ones exceed a double. */
const request = Object.fromEntries(
  Object.keys(requestSchema.shape).map((name, i) => {
    const sample = (value: unknown) => requestSchema.shape[name as keyof Request].safeParse(value);
    if (sample(i).success) return [name, i];
    if (sample(String(i)).success) return [name, 2n ** 70n + BigInt(i)];
    return [name, sample(address("b")).success ? address("b") : hash("c")];
  }),
) as unknown as Request;

const seat = (provider: number): SignedTaskOffer => ({
  offer: { taskId, provider, price: 2n ** 80n, expiry: 99, epoch: 0 },
  signature: `0x${"ab".repeat(65)}`,
});
const attempt = (nonce: number, digit: string, fee = 5n, purpose: Purpose = "open"): Attempt => ({
  ...{ taskId, purpose, nonce, hash: hash(digit), raw: "0x02", gas: 7n, block: 3 },
  ...{ maxFeePerGas: fee, maxPriorityFeePerGas: 1n },
});
const need = {
  ...{ cpuMillis: 1_500, memoryBytes: 2 ** 33, diskBytes: 2 ** 34 },
  accelerators: [
    { name: "nvidia", count: 2, memoryBytes: 2 ** 36 },
    { name: "npu", count: 1 },
  ],
};
const order = { taskId, request, signature: "0x1234", need, engine: "oci", until: 500 } as const;

describe("OrderStore", () => {
  let folder: string;
  let store: OrderStore;
  const taken = (at: number) => store.record({ kind: "order-taken", order, at });
  const landed = (purpose: Purpose) =>
    store.record({ kind: "transaction-landed", taskId, purpose });
  const signed = (...attempts: readonly Attempt[]) =>
    store.record(...attempts.map((each) => ({ kind: "attempt-signed", attempt: each }) as const));
  const matched = (seats: readonly SignedTaskOffer[], by: Attempt, at: number) =>
    store.record(
      { kind: "order-matched", taskId, seats, at },
      { kind: "attempt-signed", attempt: by },
    );
  const open = () => new OrderStore(join(folder, "orders.sqlite"), IDENTITY);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deco-orders-"));
    store = open();
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  it("has the order, its seats and its signed bytes again after a restart", () => {
    taken(100);
    matched([seat(1), seat(2)], attempt(4, "d"), 101);
    signed(attempt(4, "e", 6n), attempt(5, "f", 6n, "commit"));
    store.close();
    store = open();
    expect(store.order(taskId)).toEqual({ ...order, state: "matched", seats: [seat(1), seat(2)] });
    expect(store.attempts(taskId, "open")).toEqual([attempt(4, "d"), attempt(4, "e", 6n)]);
    expect(store.attempts(taskId, "commit")).toEqual([attempt(5, "f", 6n, "commit")]);
    const inFlight = [
      { taskId, purpose: "open" },
      { taskId, purpose: "commit" },
    ];
    expect(store.inFlight()).toEqual(inFlight);
    expect(store.nextNonce()).toBe(6);
    landed("open");
    expect(store.inFlight()).toEqual(inFlight.slice(1));
    expect(store.given(50)).toEqual(
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    expect(store.given(102)).toEqual(new Map());
  });

  it("goes back to the queue without seats, and ends with a reason", () => {
    taken(100);
    expect(store.countOpen()).toBe(1);
    matched([seat(1)], attempt(0, "d"), 101);
    store.record({ kind: "order-queued", taskId, reason: "match-reverted", at: 102 });
    landed("open");
    expect(store.order(taskId)).toEqual({
      ...{ ...order, state: "queued", seats: [], reason: "match-reverted" },
    });
    const why = { reason: "no-memory", detail: "3 wanted of 2 providers." };
    store.record({ kind: "order-queued", taskId, ...why, at: 103 });
    expect(store.order(taskId)).toMatchObject({ state: "queued", ...why });
    store.record({ kind: "order-refused", taskId, ...why, at: 104 });
    expect(store.countOpen()).toBe(0);
    expect(store.order(taskId)).toMatchObject({ state: "refused", ...why });
  });

  it("remembers what is in flight, and forgets the rest in time", () => {
    taken(100);
    matched([seat(1)], attempt(0, "d"), 101);
    store.record({ kind: "order-opened", taskId, transaction: hash("d"), at: 102 });
    store.record({ kind: "ended-forgotten", before: 1_000 });
    expect(store.order(taskId)).toMatchObject({ state: "opened", transaction: hash("d") });
    landed("open");
    store.record({ kind: "ended-forgotten", before: 102 });
    expect(store.order(taskId)).toBeDefined();
    store.record({ kind: "ended-forgotten", before: 103 });
    expect(store.order(taskId)).toBeUndefined();
  });

  it("keeps the orders of a time when they told only of memory", () => {
    store.close();
    const path = join(folder, "before.sqlite");
    const before = new DatabaseSync(path);
    before.exec(`
      CREATE TABLE orders (
        task TEXT PRIMARY KEY, request TEXT NOT NULL, signature TEXT NOT NULL, state TEXT NOT NULL,
        memory_bytes INTEGER NOT NULL, until INTEGER NOT NULL, reason TEXT,
        seats TEXT NOT NULL DEFAULT '[]', hash TEXT, changed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX orders_by_state ON orders (state, changed_at);
      CREATE TABLE attempts (
        hash TEXT PRIMARY KEY, task TEXT NOT NULL REFERENCES orders (task) ON DELETE CASCADE,
        nonce INTEGER NOT NULL, raw TEXT NOT NULL, gas TEXT NOT NULL, max_fee TEXT NOT NULL,
        max_priority_fee TEXT NOT NULL, block INTEGER NOT NULL, purpose TEXT NOT NULL DEFAULT 'open'
      ) STRICT, WITHOUT ROWID;
      PRAGMA user_version = 1;
    `);
    const { signature, until } = order;
    before
      .prepare("INSERT INTO orders VALUES (?, ?, ?, 'matched', ?, ?, NULL, ?, NULL, 101)")
      .run(taskId, requestText(request), signature, 2 ** 40, until, seatsText([seat(1)]));
    before
      .prepare("INSERT INTO attempts VALUES (?, ?, 4, '0x02', '7', '5', '1', 3, 'open')")
      .run(hash("d"), taskId);
    before.close();
    store = new OrderStore(path, IDENTITY);
    expect(store.order(taskId)).toEqual({
      ...{ taskId, request, signature, until, state: "matched", seats: [seat(1)] },
      need: { cpuMillis: 0, memoryBytes: 2 ** 40, diskBytes: 0, accelerators: [] },
    });
    expect(store.attempts(taskId, "open")).toEqual([attempt(4, "d")]);
  });

  it("takes an order once, and serves one process and one key", () => {
    taken(100);
    expect(() => taken(101)).toThrow(expect.objectContaining({ code: "store-unusable" }));
    expect(open).toThrow(expect.objectContaining({ code: "store-in-use" }));
    store.close();
    const other = { ...IDENTITY, allocator: address("3") };
    expect(() => new OrderStore(join(folder, "orders.sqlite"), other)).toThrow(
      expect.objectContaining({ code: "store-unusable" }),
    );
  });
});
