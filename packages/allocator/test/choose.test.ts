import type { Need, Room } from "@deco-network/sdk/capacity";
import { describe, expect, it } from "vitest";

import { type Bid, type Candidate, chooseSeats, rankToAsk, sift, type Work } from "../src/index.ts";
import { leftAfter } from "../src/providers/left-after.ts";

const GIB = 2 ** 30;
const free = (more: Partial<Omit<Room, "accelerators">> & { tasks?: number } = {}) => ({
  ...{ tasks: 1, slots: 1, cpuMillis: 4_000, memoryBytes: 4 * GIB, diskBytes: 4 * GIB },
  accelerators: [{ name: "gpu", count: 1, memoryBytes: 24 * GIB }],
  ...more,
});
const candidate = (provider: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ provider, trust: 10, free: free(), engines: ["wasm", "oci"], given: 0, promised: false },
  ...more,
});
const bid = (provider: number, price: bigint, more: Partial<Candidate> = {}): Bid<string> => ({
  ...candidate(provider, more),
  price,
  offer: `offer ${provider}`,
});
const workOf = (need: Partial<Need> = {}, engine = "oci"): Work => ({
  need: { cpuMillis: 1_000, memoryBytes: GIB, diskBytes: GIB, accelerators: [], ...need },
  engine,
});
const work = workOf();
const ids = (chosen: readonly Candidate[] | undefined) => chosen?.map(({ provider }) => provider);

describe("an executor that lacks something", () => {
  it.each([
    ["tasks", { tasks: 0 }, {}],
    ["slots", { slots: 0 }, {}],
    ["cpu", { cpuMillis: 999 }, {}],
    ["memory", { memoryBytes: GIB - 1 }, {}],
    ["disk", { diskBytes: GIB - 1 }, {}],
    ["accelerator", {}, { accelerators: [{ name: "npu", count: 1 }] }],
    ["accelerator", {}, { accelerators: [{ name: "gpu", count: 2 }] }],
    ["accelerator", {}, { accelerators: [{ name: "gpu", count: 1, memoryBytes: 25 * GIB }] }],
  ] as const)("is not proposed for want of %s", (of, has, need) => {
    const { able, lacks } = sift([candidate(1, { free: free(has) })], workOf(need));
    expect(able).toEqual([]);
    expect(lacks).toMatchObject([{ of, detail: expect.stringMatching(/./) }]);
  });

  it("is not proposed without the engine, and an order that does not know its engine asks all", () => {
    const modules = candidate(1, { engines: ["wasm"] });
    expect(sift([modules], work).lacks).toMatchObject([{ of: "engine" }]);
    expect(sift([modules], workOf({}, "wasm")).able).toEqual([modules]);
    expect(sift([modules], { ...work, engine: undefined }).able).toEqual([modules]);
  });

  it("is proposed where what it lacks is what it keeps free for this seat", () => {
    const keeping = candidate(1, { free: free({ tasks: 0, slots: 0 }), promised: true });
    expect(sift([keeping], work).able).toEqual([keeping]);
  });

  it("is told apart from one whose room is unknown", () => {
    const silent = candidate(1, { free: undefined, engines: undefined });
    const large = workOf({ memoryBytes: 2 ** 40 });
    expect(sift([silent, candidate(2)], large)).toMatchObject({
      able: [silent],
      lacks: [{ of: "memory" }],
    });
  });
});

describe("rankToAsk", () => {
  it("spreads load before it fits tightly, and asks the unknown last", () => {
    const asked = rankToAsk(
      [
        candidate(1, { free: free({ memoryBytes: 2 * GIB }), given: 3 }),
        candidate(2, { free: undefined }),
        candidate(3, { free: free({ memoryBytes: 8 * GIB, diskBytes: 9 * GIB }) }),
        candidate(4, { free: free({ memoryBytes: 2 * GIB }) }),
        candidate(5, { free: free({ memoryBytes: 2 * GIB, slots: 2 }) }),
      ],
      work,
    );
    expect(ids(asked)).toEqual([4, 5, 3, 2, 1]);
  });

  it("goes by what is the scarcest on each machine", () => {
    const asked = rankToAsk(
      [
        candidate(1),
        // Much of the other amounts does not make up for a disk that would be full.
        candidate(2, {
          free: free({ cpuMillis: 64_000, memoryBytes: 90 * GIB, diskBytes: 1.1 * GIB }),
        }),
        candidate(3, { free: free({ cpuMillis: 1_200 }) }),
      ],
      work,
    );
    expect(ids(asked)).toEqual([2, 3, 1]);
  });

  it("keeps accelerators for those who ask for them, and the larger ones for who needs them", () => {
    const kinds = (...sizes: readonly number[]) => ({
      ...free(),
      accelerators: sizes.map((size) => ({ name: "gpu", count: 1, memoryBytes: size * GIB })),
    });
    const machines = [
      candidate(1, { free: kinds(80) }),
      candidate(2, { free: kinds(80, 24) }),
      candidate(3, { free: kinds(24) }),
      candidate(4, { free: { ...kinds(), memoryBytes: 900 * GIB } }),
    ];
    expect(ids(rankToAsk(machines, work))).toEqual([4, 1, 3, 2]);
    const wanted = workOf({ accelerators: [{ name: "gpu", count: 1, memoryBytes: 16 * GIB }] });
    expect(ids(rankToAsk(sift(machines, wanted).able, wanted))).toEqual([3, 2, 1]);
  });
});

describe("what is given away until the next heartbeat", () => {
  it("leaves less of everything", () => {
    const has = { ...free({ tasks: 3, slots: 3 }), accelerators: [{ name: "gpu", count: 3 }] };
    const { need } = workOf({ accelerators: [{ name: "gpu", count: 1 }] });
    expect(leftAfter(has, [need, need])).toEqual({
      ...{ tasks: 1, slots: 1, cpuMillis: 2_000, memoryBytes: 2 * GIB, diskBytes: 2 * GIB },
      accelerators: [{ name: "gpu", count: 1 }],
    });
    expect(leftAfter(has, [])).toEqual(has);
  });

  it("is more than was announced when the provider took it all the same: then nothing is left", () => {
    const { need } = workOf({ memoryBytes: 3 * GIB });
    const left = leftAfter(free({ tasks: 4, slots: 4 }), [need, need]);
    expect(sift([candidate(1, { free: left })], work).lacks).toMatchObject([{ of: "slots" }]);
  });
});

describe("chooseSeats", () => {
  it("goes by price, then trust, then load, then fit, then id", () => {
    const bids = [
      bid(6, 2n),
      bid(5, 1n, { free: free({ cpuMillis: 8_000, memoryBytes: 8 * GIB, diskBytes: 8 * GIB }) }),
      bid(4, 1n),
      bid(3, 1n),
      bid(2, 1n, { given: 1, free: free({ memoryBytes: GIB }) }),
      bid(1, 1n, { trust: 20, given: 9 }),
    ];
    expect(ids(chooseSeats(bids, 6, work))).toEqual([1, 3, 4, 5, 2, 6]);
    expect(ids(chooseSeats(bids, 2, work))).toEqual([1, 3]);
  });

  it("gives no seats when there are too few distinct providers", () => {
    expect(chooseSeats([bid(1, 1n), bid(1, 2n)], 2, work)).toBeUndefined();
    expect(ids(chooseSeats([bid(1, 1n)], 0, work))).toEqual([]);
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
        free: random() < 0.3 ? undefined : free({ memoryBytes: Math.ceil(random() * 4) * GIB }),
      }),
    );
    const expected = ids(chooseSeats(bids, 5, work));
    for (let i = 0; i < 50; i++) {
      const shuffled = bids
        .map((each) => ({ each, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      expect(ids(chooseSeats(shuffled, 5, work))).toEqual(expected);
    }
  });
});
