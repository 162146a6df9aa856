import { orderRequest, panelIdOf, type Request, taskIdOf } from "@deco-network/sdk";
import { keccak256, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { panelOf } from "../../src/market/panel.ts";
import { decodeRequest, encodeRequest } from "../../src/market/request.ts";

const here = { chainId: 31_337, market: "0x00000000000000000000000000000000000000AA" } as const;
const requestOf = (changes: Partial<Request>): Request => ({
  ...orderRequest({
    ...{ requester: here.market, nonce: 0n, expiry: 1_000, volume: 1, price: 5n },
    ...{ program: keccak256("0x01"), input: keccak256("0x02"), policyData: keccak256("0x03") },
    ...{ token: here.market, policy: here.market },
  }),
  ...changes,
});
const elsewhere = { ...here, chainId: 1 };

describe("which panel an assignment serves on", () => {
  const request = requestOf({});
  const taskId = taskIdOf(here, request);

  it("is found by its id, again and again, and is none for the task itself", () => {
    for (let look = 0; look < 2; look++) {
      expect(panelOf(taskId, request, here)).toBeUndefined();
      for (const [index, level] of [
        [0, 1],
        [3, 2],
      ] as const) {
        const id = panelIdOf(taskId, index, level);
        expect(panelOf(id, request, here)).toEqual({ taskId, index, level });
      }
      expect(panelOf(keccak256(toHex("no panel")), request, here)).toBeUndefined();
    }
  });

  it("is another on another chain", () => {
    const there = taskIdOf(elsewhere, request);
    const id = panelIdOf(there, 0, 1);
    expect(panelOf(id, request, here)).toBeUndefined();
    expect(panelOf(id, request, elsewhere)).toEqual({ taskId: there, index: 0, level: 1 });
  });
});

describe("a journaled request", () => {
  it("is read as it was written, by each of its bytes", () => {
    const one = requestOf({ nonce: 1n });
    const two = requestOf({ nonce: 2n });
    expect(decodeRequest(encodeRequest(one))).toEqual(one);
    expect(decodeRequest(encodeRequest(two))).toEqual(two);
    expect(decodeRequest(encodeRequest(one))).toBe(decodeRequest(encodeRequest(one)));
  });
});
