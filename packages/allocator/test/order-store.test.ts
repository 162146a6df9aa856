import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Request, requestSchema, type SignedTaskOffer } from "@deco-network/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { OrderStore } from "../src/store/order-store.ts";
import type { Attempt, Purpose } from "../src/store/orders.ts";

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
const order = { taskId, request, signature: "0x1234", memoryBytes: 1_024, until: 500 } as const;

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
    store.record({ kind: "order-refused", taskId, reason: "no-offers", at: 103 });
    expect(store.countOpen()).toBe(0);
    expect(store.order(taskId)).toMatchObject({ state: "refused", reason: "no-offers" });
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
