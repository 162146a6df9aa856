import { describe, expect, test } from "vitest";
import { orderCostOf, orderSettlementOf } from "../../src/model/orders.ts";

const request = { maxPrice: 1_000_003n, programBps: 333, dataBps: 1, lock: 5_030n };
const terms = { noShowBps: 1_000, protocolFeeBps: 77 };
// Each share is rounded down by itself.
const COST = 1_000_003n + 7_700n + 33_300n + 100n;

test("an order costs its price and the shares on top, each rounded down", () => {
  expect(orderCostOf(request, terms.protocolFeeBps)).toBe(COST);
  expect(orderCostOf({ ...request, maxPrice: 0n }, 10_000)).toBe(0n);
});

describe("the end of an order", () => {
  const endOf = (end: Parameters<typeof orderSettlementOf>[0]["end"], holder?: number) =>
    orderSettlementOf({ request, terms, end, holder });
  const paid = {
    ...{ paid: 1_000_003n, protocolFee: 7_700n, royalties: { program: 33_300n, data: 100n } },
    refund: 0n,
  };
  const nothing = { paid: 0n, protocolFee: 0n, royalties: { program: 0n, data: 0n } };
  const noShow = { provider: 4, outcome: "no-show", paid: 0n, slashed: 503n };

  test("by a proof in time pays, and moves no stake", () => {
    const proven = { ...paid, verdicts: [], bounty: 0n, burned: 0n, compensation: 0n };
    expect(endOf("proven")).toEqual(proven);
    expect(endOf("proven", 4)).toEqual(proven);
  });

  test("by a rescue pays the rescuer half of what the holder loses, rounded down", () => {
    expect(endOf("rescued", 4)).toEqual({
      ...{ ...paid, verdicts: [noShow], bounty: 251n, burned: 252n, compensation: 0n },
    });
  });

  test("without a proof gives all of it back and burns what the holder loses", () => {
    expect(endOf("unproven", 4)).toEqual({
      ...{ ...nothing, verdicts: [noShow], bounty: 0n, burned: 503n, compensation: 0n },
      refund: COST,
    });
  });

  test("by a removed policy gives all of it back, and costs nobody", () => {
    expect(endOf("policy-removed", 4)).toEqual({
      ...{ ...nothing, verdicts: [], bounty: 0n, burned: 0n, compensation: 0n },
      refund: COST,
    });
  });
});
