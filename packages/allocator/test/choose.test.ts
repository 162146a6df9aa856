import { describe, expect, it } from "vitest";

import { type Bid, type Candidate, chooseSeats, rankToAsk } from "../src/index.ts";

const GIB = 2 ** 30;
const free = (memoryBytes: number, tasks = 1, slots = 1) => ({
  ...{ tasks, slots, memoryBytes, cpuMillis: 1_000, diskBytes: 4 * GIB, accelerators: [] },
});
const candidate = (provider: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ provider, trust: 10, free: free(4 * GIB), given: 0 },
  ...more,
});
const bid = (provider: number, price: bigint, more: Partial<Candidate> = {}): Bid<string> => ({
  ...candidate(provider, more),
  price,
  offer: `offer ${provider}`,
});
const need = { memoryBytes: GIB };
const ids = (chosen: readonly Candidate[] | undefined) => chosen?.map(({ provider }) => provider);

describe("rankToAsk", () => {
  it("leaves out those without room, and asks the unknown last", () => {
    const asked = rankToAsk(
      [
        candidate(1, { free: undefined }),
        candidate(2, { free: free(GIB / 2) }),
        candidate(3, { free: free(4 * GIB, 0) }),
        candidate(4),
      ],
      need,
    );
    expect(ids(asked)).toEqual([4, 1]);
  });

  it("spreads load before it fits tightly", () => {
    const asked = rankToAsk(
      [
        candidate(1, { free: free(2 * GIB), given: 3 }),
        candidate(2, { free: free(8 * GIB) }),
        candidate(3, { free: free(2 * GIB) }),
        candidate(4, { free: free(2 * GIB, 1, 0) }),
      ],
      need,
    );
    expect(ids(asked)).toEqual([3, 4, 2, 1]);
  });
});

describe("chooseSeats", () => {
  it("goes by price, then trust, then load, then fit, then id", () => {
    const bids = [
      bid(6, 2n),
      bid(5, 1n, { free: free(8 * GIB) }),
      bid(4, 1n),
      bid(3, 1n),
      bid(2, 1n, { given: 1, free: free(GIB) }),
      bid(1, 1n, { trust: 20, given: 9 }),
    ];
    expect(ids(chooseSeats(bids, 6, need))).toEqual([1, 3, 4, 5, 2, 6]);
    expect(ids(chooseSeats(bids, 2, need))).toEqual([1, 3]);
  });

  it("gives no seats when there are too few distinct providers", () => {
    expect(chooseSeats([bid(1, 1n), bid(1, 2n)], 2, need)).toBeUndefined();
    expect(ids(chooseSeats([bid(1, 1n)], 0, need))).toEqual([]);
  });

  it("does not depend on the order in which answers came", () => {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const bids = Array.from({ length: 12 }, (_, i) =>
      bid(i + 1, BigInt(Math.floor(random() * 3)), {
        trust: 10 + Math.floor(random() * 2),
        given: Math.floor(random() * 2),
        free: random() < 0.3 ? undefined : free(Math.ceil(random() * 4) * GIB),
      }),
    );
    const expected = ids(chooseSeats(bids, 5, need));
    for (let i = 0; i < 50; i++) {
      const shuffled = bids
        .map((each) => ({ each, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      expect(ids(chooseSeats(shuffled, 5, need))).toEqual(expected);
    }
  });
});
