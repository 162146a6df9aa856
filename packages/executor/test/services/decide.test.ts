import type { Provider, Request } from "@deco-network/sdk";
import { parseEther, zeroHash } from "viem";
import { describe, expect, it } from "vitest";

import { parseConfig } from "../../src/config/load-config.ts";
import {
  minimumPrice,
  refusePrice,
  refuseStanding,
  refuseTerms,
} from "../../src/services/decide.ts";
import { workOf } from "../../src/services/judge-price.ts";
import { pricedAfter } from "../../src/services/priced-after.ts";
import { wasmProgram } from "../engines/wasm/support/prepared.ts";
import { TERMS } from "../support/network.ts";

const TOKEN = "0x00000000000000000000000000000000000000Aa";
const REQUESTER = "0x00000000000000000000000000000000000000Bb";

const request = (more: Partial<Request> = {}): Request => ({
  ...TERMS,
  ...{ requester: REQUESTER, nonce: 0n, expiry: 0, program: zeroHash, input: zeroHash },
  ...{ volume: 1, token: TOKEN },
  ...more,
});

const config = (policy: object, more: object = {}) =>
  parseConfig({
    ...more,
    dataFolder: "data",
    chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
    key: { file: "key" },
    policy,
  });

describe("refuseTerms", () => {
  const lower = REQUESTER.toLowerCase();
  it.each([
    [undefined, {}, {}],
    ["requester-denied", {}, { denyRequesters: [lower] }],
    ["requester-not-allowed", {}, { allowRequesters: [TOKEN] }],
    [undefined, {}, { allowRequesters: [lower] }],
    ["token-refused", {}, { otherTokens: false }],
    [undefined, {}, { otherTokens: false, minPrice: { [TOKEN.toLowerCase()]: "1" } }],
    ["price-too-low", {}, { minPrice: { [TOKEN]: String(parseEther("3")) } }],
    ["lock-too-high", {}, { maxLock: "1" }],
    ["volume-too-large", { volume: 9 }, { maxVolume: 8 }],
    ["commit-window-too-short", {}, { minCommitWindow: 60 }],
    ["reveal-window-too-short", {}, { minRevealWindow: 60 }],
    ["policy-unsupported", { policy: TOKEN }, {}],
    [undefined, { allocator: TOKEN }, {}],
  ] as const)("%s", (reason, terms, policy) => {
    expect(refuseTerms(request(terms), config(policy))).toBe(reason);
  });
});

describe("a task that a proof decides", () => {
  const seat = { policy: TOKEN, replicas: 1, volume: 1 } as const;
  it.each([
    ["served where its policy is listed", undefined, [TOKEN], seat],
    ["refused where another is", "policy-unsupported", [REQUESTER], seat],
    ["served without a seat", undefined, [TOKEN], { ...seat, replicas: 0 }],
    ["refused as a bag", "policy-unsupported", [TOKEN], { ...seat, volume: 2 }],
  ] as const)("is %s", (_, reason, policies, terms) => {
    const served = parseConfig({
      ...{ dataFolder: "data", key: { file: "key" } },
      chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
      engines: { circuit: { policies: [...policies] } },
    });
    expect(refuseTerms(request(terms), served)).toBe(reason);
  });
});

it("a task without seats is refused by an executor that wants one", () => {
  const served = parseConfig({
    ...{ dataFolder: "data", key: { file: "key" } },
    chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
    engines: { circuit: { policies: [TOKEN], withoutSeat: false } },
  });
  const terms = { policy: TOKEN, replicas: 0, volume: 1 } as const;
  expect(refuseTerms(request(terms), served)).toBe("policy-unsupported");
});

describe("refuseStanding", () => {
  const provider: Provider = {
    ...{ id: 1, owner: REQUESTER, operator: REQUESTER, offerEpoch: 0, metadata: zeroHash },
    ...{ trust: 10, debt: 0, raisedEpoch: 0, liveSeats: 0, leaving: false, dormant: false },
    ...{ locked: 0n, free: parseEther("100"), unbonding: 0n, unbondsAt: 0 },
    stake: { active: parseEther("100"), aged: 0n, since: 50 },
  };
  it.each([
    [undefined, {}, 60],
    ["provider-leaving", { leaving: true }, 60],
    ["provider-dormant", { dormant: true }, 60],
    ["trust-too-low", { trust: 9 }, 60],
    ["stake-not-free", { free: parseEther("99") }, 60],
    // Stake of the very second of the post does not count.
    ["stake-too-young", {}, 50],
  ] as const)("%s", (reason, more, postedAt) => {
    expect(refuseStanding(request(), { ...provider, ...more }, postedAt)).toBe(reason);
  });
});

describe("prices", () => {
  it("a token without its own minimum is worth working for, unless only named ones are", () => {
    expect(minimumPrice(request(), config({}))).toBe(0n);
    expect(minimumPrice(request(), config({ otherTokens: false }))).toBeUndefined();
  });

  it("the larger of fixed and computed price counts, and a computed one says where it comes from", () => {
    const pricing = {
      ...{ tokens: { [TOKEN]: String(parseEther("1")) }, etherPrice: "1", machinePerHour: "1" },
      ...{ fuelPerSecond: 1_000, marginBps: 1_000 },
    };
    const work = workOf(wasmProgram({ limits: { fuel: "3600000", wallSeconds: 7_200 } }), 2);
    const capacity = { slots: 1 };
    const of = (policy: object) => config({ otherTokens: false, ...policy }, { capacity });
    const computed = parseEther("2.2");
    expect(minimumPrice(request(), of({ pricing }), work)).toBe(computed);
    const lower = { [TOKEN]: String(computed - 1n) };
    expect(minimumPrice(request(), of({ pricing, minPrice: lower }), work)).toBe(computed);
    const higher = { [TOKEN]: String(computed + 1n) };
    expect(minimumPrice(request(), of({ pricing, minPrice: higher }), work)).toBe(computed + 1n);
    // Before the program is known nothing is refused that some program would be done for.
    expect(refuseTerms(request(), of({ pricing }))).toBeUndefined();
    const no = refusePrice(request(), of({ pricing }), work);
    expect(no?.reason).toBe("price-too-low");
    expect(no?.detail).toContain(`It takes ${computed} base units`);
    expect(no?.detail).toContain("up to 7200.0 s of 100.0 % of the machine");
    expect(refusePrice(request({ maxPrice: computed }), of({ pricing }), work)).toBeUndefined();
  });

  it("pricedAfter is the first second of the ramp that pays enough", () => {
    const ramp = request({ minPrice: 100n, maxPrice: 200n, rampSeconds: 10 });
    expect(pricedAfter(ramp, 0n)).toBe(0);
    expect(pricedAfter(ramp, 100n)).toBe(0);
    expect(pricedAfter(ramp, 101n)).toBe(1);
    expect(pricedAfter(ramp, 200n)).toBe(10);
    expect(pricedAfter(ramp, 201n)).toBeUndefined();
  });
});
