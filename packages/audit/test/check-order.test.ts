import { orderRequest, unpackHold } from "@deco-network/sdk";
import { keccak256, toHex, zeroHash } from "viem";
import { describe, expect, it } from "vitest";

import { checkOrder } from "../src/checks/check-order.ts";
import type { TaskEvidence } from "../src/evidence/task-evidence.ts";
import { CheckList } from "../src/report.ts";

const policy = "0x00000000000000000000000000000000000000cc";
const digest = keccak256(toHex("result"));
const UNTIL = 1_060;
const request = orderRequest({
  ...{ requester: policy, program: digest, nonce: 1n, expiry: 2_000, input: digest, volume: 1 },
  ...{ token: policy, price: 1_000n, policy, policyData: digest },
  ...{ lock: 5_030n, commitWindow: 60, revealWindow: 30 },
});
const terms = { noShowBps: 1_000, protocolFeeBps: 100 } as TaskEvidence["terms"];
const word =
  4n | (2n << 32n) | (3n << 40n) | (100n << 56n) | (BigInt(UNTIL) << 72n) | (6_000n << 112n);
const held = { word, hold: unpackHold(word), at: 1_000, version: 3, reserve: 6_000n };
const before = { trust: 55, debt: 1, raisedEpoch: 0 };
const lost = {
  ...{ provider: 4, outcome: "no-show", paid: 0n, slashed: 503n, trust: 55, debt: 1, before },
};
const opening = { digest, root: zeroHash, document: "0x", weight: 0n, total: 0n } as const;
const settled = { ...opening, result: digest, refund: 0n, overturned: false };
const proven = { taskId: digest, policy, provider: 4, paid: 1_000n, bounty: 0n } as const;

/** Names of the checks that are red for an order with this evidence. */
function red(evidence: Partial<TaskEvidence>): string[] {
  const list = new CheckList();
  const common = { request, terms, held, royalties: [], compensation: 0n, seats: [], rounds: [] };
  checkOrder({ ...common, ...evidence } as unknown as TaskEvidence, list);
  return list.checks.flatMap(({ status, name }) => (status === "passed" ? [] : [name]));
}

const inTime = { settled, proven, endedAt: UNTIL };
const rescued = {
  ...{ settled, proven: { ...proven, provider: 9, bounty: 251n } },
  ...{ held: { ...held, lost }, endedAt: UNTIL + 30 },
};
const dropped = {
  ...{ ended: { reason: "unproven", refund: 1_010n }, held: { ...held, lost } },
  endedAt: UNTIL + 31,
};
const neutral = { ended: { reason: "policy-removed", refund: 1_010n }, endedAt: UNTIL - 9 };

describe("a held order", () => {
  it.each([
    ["that runs", {}],
    ["proven in time", inTime],
    ["rescued", rescued],
    ["dropped", dropped],
    ["dropped when its policy was removed", neutral],
  ])("%s passes", (_, evidence) => {
    expect(red(evidence)).toEqual([]);
  });

  it.each<[string, string[], Partial<TaskEvidence>]>([
    ["nobody held", ["order-held", "proof-bounty"], { ...rescued, held: undefined as never }],
    ["that ends the hold later", ["hold-until"], { held: { ...held, at: 999 } }],
    ["by other parameters", ["hold-version"], { held: { ...held, version: 4 } }],
    [
      "by another fee",
      ["hold-fee"],
      { terms: { ...terms, protocolFeeBps: 99 } as TaskEvidence["terms"] },
    ],
    ["with more than its reserve", ["hold-reserve"], { held: { ...held, reserve: 5_999n } }],
    ["whose lock is not covered", ["hold-covers-lock"], { request: { ...request, lock: 6_001n } }],
    [
      "settled by another in the holder's time",
      ["proof-prover"],
      { ...inTime, proven: { ...proven, provider: 9 } },
    ],
    [
      "rescued by its holder",
      ["proof-prover"],
      { ...rescued, proven: { ...rescued.proven, provider: 4 } },
    ],
    ["rescued too late", ["proof-in-window"], { ...rescued, endedAt: UNTIL + 31 }],
    [
      "rescued for another bounty",
      ["proof-bounty"],
      { ...rescued, proven: { ...rescued.proven, bounty: 252n } },
    ],
    ["rescued at no loss", ["hold-ended"], { ...rescued, held }],
    ["proven in time at a loss", ["hold-ended"], { ...inTime, held: { ...held, lost } }],
    [
      "whose holder lost more",
      ["seat-slashed"],
      { ...dropped, held: { ...held, lost: { ...lost, slashed: 504n } } },
    ],
    [
      "whose holder lost trust",
      ["trust-index"],
      { ...dropped, held: { ...held, lost: { ...lost, trust: 50 } } },
    ],
    ["dropped in its windows", ["end-in-time"], { ...dropped, endedAt: UNTIL + 30 }],
    [
      "dropped for another reason",
      ["end-reason"],
      { ...dropped, ended: { reason: "unjudged", refund: 1_010n } },
    ],
    [
      "dropped for less than it cost",
      ["refund"],
      { ...neutral, ended: { ...neutral.ended, refund: 1_000n } },
    ],
    ["that paid another price", ["proof-paid"], { ...inTime, proven: { ...proven, paid: 999n } }],
  ])("%s is told", (_, names, evidence) => {
    expect(red(evidence)).toEqual(names);
  });
});

it("an order that is filled at once is held by nobody", () => {
  const { lock: _, ...rest } = request;
  const plain = { ...rest, lock: 0n, commitWindow: 0, revealWindow: 0 };
  const evidence = { ...inTime, request: plain };
  expect(red({ ...evidence, held: undefined as never })).toEqual([]);
  expect(red(evidence)).toContain("order-held");
});
