import { type Address, encodePacked, keccak256, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { heldWordOf, unpackHold, unpackReserve } from "../src/hold.ts";
import type { OrderParameters } from "../src/order.ts";
import { isHeld, isOrder, orderOf, orderRequest, requestOfOrder } from "../src/order.ts";

const word = (text: string) => keccak256(toHex(text));
const account: Address = "0x00000000000000000000000000000000000000aa";
const order: OrderParameters = {
  ...{ requester: account, program: word("program"), nonce: 7n, expiry: 1_000, volume: 1 },
  ...{ input: word("input"), token: account, price: 5n, policy: account, policyData: word("data") },
};

describe("a hold", () => {
  test("is read with every field at its largest, and at its smallest", () => {
    expect(unpackHold(2n ** 202n - 1n)).toEqual({
      ...{ provider: 2 ** 32 - 1, index: 255, version: 65_535, protocolFeeBps: 65_535 },
      ...{ until: 2 ** 40 - 1, amount: 2n ** 90n - 1n },
    });
    expect(Object.values(unpackHold(0n)).every((value) => BigInt(value) === 0n)).toBe(true);
  });

  test("is told in the order of the contract's fields", () => {
    const packed = 9n | (2n << 32n) | (3n << 40n) | (77n << 56n) | (1_234n << 72n) | (5n << 112n);
    expect(unpackHold(packed)).toEqual({
      ...{ provider: 9, index: 2, version: 3, protocolFeeBps: 77, until: 1_234, amount: 5n },
    });
  });
});

test("a reserve's word says whether it is there, free or used", () => {
  expect(unpackReserve(0n)).toEqual({ state: "none" });
  expect(unpackReserve((1_000n << 8n) | 1n)).toEqual({ state: "free", amount: 1_000n });
  const used = heldWordOf(word("task"), 99n);
  const digest = keccak256(encodePacked(["bytes32", "uint256"], [word("task"), 99n]));
  expect(used).toBe(BigInt(digest) - (BigInt(digest) & 0xffn) + 2n);
  expect(unpackReserve(used)).toEqual({ state: "used" });
});

describe("an order", () => {
  test("is held when it names a lock or a window", () => {
    expect(isHeld(orderRequest(order))).toBe(false);
    for (const terms of [{ lock: 1n }, { commitWindow: 1 }, { revealWindow: 1 }]) {
      const request = orderRequest({ ...order, ...terms });
      expect(isOrder(request)).toBe(true);
      expect(isHeld(request)).toBe(true);
    }
  });

  test("is brought along without what is zero, and read back whole", () => {
    const request = orderRequest({ ...order, lock: 1n, commitWindow: 2, revealWindow: 3 });
    expect(orderOf(request).hold).toEqual({ lock: 1n, commitWindow: 2, revealWindow: 3 });
    expect(requestOfOrder(orderOf(request))).toEqual(request);
    expect(() => orderOf({ ...request, replicas: 1 })).toThrow(/replicas is 1/);
    expect(() => orderOf({ ...request, maxPrice: 6n })).toThrow(/two prices/);
  });
});
