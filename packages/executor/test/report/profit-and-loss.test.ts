import type { Request } from "@deco-network/sdk";
import { parseEther } from "viem";
import { describe, expect, it } from "vitest";

import { type Facts, profitAndLoss } from "../../src/report/profit-and-loss.ts";

const DECO = "0x00000000000000000000000000000000000000de";
const USD = "0x00000000000000000000000000000000000000dd";
const id = (digit: string) => `0x${digit.repeat(64)}` as const;
const request = (token: `0x${string}`) => ({ token, settlementFee: 7n }) as unknown as Request;

const facts: Facts = {
  deco: DECO,
  seats: [
    { id: id("1"), outcome: "agreed", paid: 1_000_001n, lost: 0n, block: 1 },
    { id: id("2"), outcome: "dissented", paid: 0n, lost: parseEther("10"), block: 2 },
    { id: id("3"), outcome: "agreed", paid: 50n, lost: 0n, block: 3 },
    { id: id("4"), outcome: "declined", paid: 0n, lost: 3n, block: 4 },
    { id: id("5"), outcome: "proven", paid: 9n, lost: 0n, bounty: 2n, block: 5 },
  ],
  costs: [
    {
      ...{ hash: id("a"), block: 1, wei: 11n, ended: [id("1")] },
      record: {
        id: 1,
        hash: id("a"),
        key: { task: id("1"), round: 1 },
        purpose: "settle",
        block: 1,
      },
    },
    {
      ...{ hash: id("b"), block: 1, wei: 13n, ended: [] },
      record: { id: 2, hash: id("b"), purpose: "describe", block: 1 },
    },
  ],
  usage: [
    { key: { task: id("1"), round: 1 }, runs: 1, runMillis: 900, cpuMillis: 2_000, at: 0 },
    {
      ...{ key: { task: id("2"), round: 1 }, runs: 1, runMillis: 900, cpuMillis: 1, at: 0 },
      energyMillijoules: 1_000,
    },
  ],
  requests: new Map([
    [id("1"), { task: id("1"), request: request(USD) }],
    [id("2"), { task: id("2"), request: request(USD) }],
    // A panel of task 1.
    [id("3"), { task: id("1"), request: request(USD) }],
    [id("4"), { task: id("4"), request: request(DECO) }],
    [id("5"), { task: id("5"), request: request(DECO) }],
  ]),
  energy: { pricePerKwh: "0.30", currency: "EUR", wattsPerCore: 10 },
};

describe("profitAndLoss", () => {
  it("keeps every unit apart and loses nothing", () => {
    const report = profitAndLoss(facts);
    expect(report.tokens.find(({ token }) => token === USD)).toEqual({
      ...{ token: USD, paid: 1_000_051n, settlementFees: 7n },
    });
    expect(report.net).toEqual([
      { token: DECO, amount: 11n - parseEther("10") - 3n },
      { token: USD, amount: 1_000_058n },
    ]);
    expect(report).toMatchObject({ slashed: parseEther("10"), declineFees: 3n, bounties: 2n });
    expect(report).toMatchObject({ gasWei: 24n, ownAffairsWei: 13n });
    expect(report.tasks.map(({ kind }) => kind)).toEqual(["task", "task", "panel", "task", "task"]);
  });

  it("measures energy where it was measured, else estimates it from processor time, and prices both", () => {
    const report = profitAndLoss(facts);
    expect(report.energy).toMatchObject({
      measuredMillijoules: 1_000n,
      estimatedMillijoules: 20_000n,
      // 21 J are 0.0000058 kWh: 1.75 millionths of a euro, rounded up.
      cost: { currency: "EUR", micros: 2n },
    });
    const { energy } = profitAndLoss({ ...facts, energy: undefined });
    expect(energy).toEqual({ measuredMillijoules: 1_000n, estimatedMillijoules: 0n });
  });
});
