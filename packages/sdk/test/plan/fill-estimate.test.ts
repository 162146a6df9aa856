import { keccak256, numberToHex, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { drawnAfter, ticketOf } from "../../src/model/sortition.ts";
import { chanceOfAtLeast, fillEstimate } from "../../src/plan/fill-estimate.ts";

describe("chanceOfAtLeast", () => {
  test("is 3f^2 - 2f^3 for two of three", () => {
    for (const f of [0, 0.1, 0.3, 0.5, 0.9, 1]) {
      expect(chanceOfAtLeast(2, [f, f, f])).toBeCloseTo(3 * f ** 2 - 2 * f ** 3, 12);
    }
  });

  test("has certain and impossible ends", () => {
    expect(chanceOfAtLeast(0, [])).toBe(1);
    expect(chanceOfAtLeast(1, [])).toBe(0);
    expect(chanceOfAtLeast(2, [1, 1, 0])).toBe(1);
  });
});

describe("fillEstimate", () => {
  test("agrees with tickets drawn many times", () => {
    const stakes = [5, 1, 1, 2, 3, 1].map((units) => BigInt(units) * 10n ** 18n);
    const totalStake = 20n * 10n ** 18n;
    const terms = { seats: 3, claimWindow: 120 };
    const estimate = fillEstimate({ stakes, totalStake, ...terms });
    const fills = Array.from({ length: 400 }, (_, draw) => {
      const taskId = keccak256(numberToHex(draw, { size: 32 }));
      const seconds = stakes.map((stake, i) =>
        drawnAfter(ticketOf(zeroHash, taskId, 1, i + 1), {
          ...{ ...terms, stake, totalStake: totalStake / 10n ** 15n },
        }),
      );
      return (
        seconds.map((second) => second ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)[2] ?? 0
      );
    }).sort((a, b) => a - b);
    const filled = fills.filter(Number.isFinite).length / fills.length;
    expect(Math.abs(estimate.probability - filled)).toBeLessThan(0.06);
    expect(Math.abs((estimate.medianSeconds ?? 0) - (fills[200] ?? 0))).toBeLessThan(8);
  });

  test("knows when a round cannot fill", () => {
    const stakes = [1n, 1n];
    const estimate = fillEstimate({ stakes, totalStake: 2n, seats: 3, claimWindow: 60 });
    expect(estimate).toEqual({ probability: 0 });
    expect(
      fillEstimate({ stakes: [], totalStake: 0n, seats: 1, claimWindow: 60 }).probability,
    ).toBe(0);
  });
});
