import { describe, expect, it } from "vitest";

import { chooseItems, isChosen } from "../src/judge/sample.ts";

describe("isChosen", () => {
  it("takes every task at a share of 1 and none at 0, whatever the draw", () => {
    for (const drawn of [0, 499_999, 999_999]) {
      expect(isChosen(1, () => drawn)).toBe(true);
      expect(isChosen(0, () => drawn)).toBe(false);
    }
  });

  it("takes the share that was asked for", () => {
    expect(isChosen(0.1, () => 99_999)).toBe(true);
    expect(isChosen(0.1, () => 100_000)).toBe(false);
  });

  it("draws anew each time", () => {
    const taken = Array.from({ length: 2_000 }, () => isChosen(0.5)).filter(Boolean).length;
    // Outside this range once in about 10^15 runs.
    expect(taken).toBeGreaterThan(820);
    expect(taken).toBeLessThan(1_180);
  });
});

describe("chooseItems", () => {
  it("takes all of a bag that has no more", () => {
    expect(chooseItems(3, 3)).toEqual([0, 1, 2]);
    expect(chooseItems(1, 5)).toEqual([0]);
  });

  it("takes so many different ones, in order", () => {
    const draws = [7, 2, 7, 2, 5];
    expect(chooseItems(10, 3, () => draws.shift() ?? 0)).toEqual([2, 5, 7]);
  });

  it("can take each of them", () => {
    const seen = new Set(Array.from({ length: 400 }, () => chooseItems(4, 1)[0]));
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });
});
