import type { Request } from "@deco-network/sdk";
import { zeroAddress, zeroHash } from "viem";
import { describe, expect, it } from "vitest";

import { resumable, type TaskSoFar } from "../../src/checkpoints/resume-rule.ts";
import { isPublished } from "../../src/checkpoints/seat-checkpoints.ts";
import { TERMS } from "../support/network.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const [OLD, NEW, POISON] = [hash("1"), hash("2"), hash("f")];
const OWN = { provider: 9, trust: 10 };

function request(terms: Partial<Request> = {}): Request {
  const names = { program: zeroHash, input: zeroHash, requester: zeroAddress, token: zeroAddress };
  return { ...TERMS, ...names, nonce: 0n, expiry: 0, volume: 1, ...terms };
}
const SOLE = request({ replicas: 1, maxReplicas: 3, minAgreeing: 1 });
const VOTED = request({ replicas: 3, maxReplicas: 6, minAgreeing: 2, thresholdBps: 6_000 });

/** A task on which these providers logged this, each having had a seat. */
function soFar(
  logged: readonly (readonly [provider: number, digest: `0x${string}`])[],
  more: Partial<TaskSoFar> = {},
): TaskSoFar {
  return {
    logged: logged.map(([provider, digest]) => ({ provider, digest })),
    seated: [...logged.map(([provider]) => provider), OWN.provider],
    committed: [],
    ...more,
  };
}

describe("a seat that decides alone", () => {
  const left = soFar([
    [1, OLD],
    [1, NEW],
  ]);

  it("goes on from what the seat before it left, the newest first", () => {
    expect(resumable(SOLE, OWN, left)).toEqual([NEW, OLD]);
  });

  it("takes each state once, and none that names no content", () => {
    const logged = soFar([
      [1, OLD],
      [2, OLD],
      [2, zeroHash],
    ]);
    expect(resumable(SOLE, OWN, logged)).toEqual([OLD]);
  });

  it("takes none from a provider that never held a seat", () => {
    expect(resumable(SOLE, OWN, { ...left, seated: [OWN.provider] })).toEqual([]);
  });

  it.each([
    ["a panel may be called", { challengeWindow: 60 }],
    ["the result may be audited", { auditBps: 1 }],
    ["its trust does not suffice for the result to stand", { minWeight: 11 }],
    ["another must agree", { minAgreeing: 2 }],
    ["others vote in the same round", { replicas: 2 }],
  ])("begins anew when %s", (_, terms) => {
    expect(resumable({ ...SOLE, ...terms }, OWN, left)).toEqual([]);
  });

  it("begins anew when another has committed to a result in an earlier round", () => {
    expect(resumable(SOLE, OWN, { ...left, committed: [1] })).toEqual([]);
  });

  it("may be one whose proof decides", () => {
    const policy = "0x00000000000000000000000000000000000000cc";
    expect(resumable({ ...VOTED, policy }, OWN, left)).toEqual([NEW, OLD]);
  });
});

describe("a seat that votes with others", () => {
  it("takes nothing that one provider logged, however often", () => {
    const logged = soFar([
      [1, POISON],
      [1, POISON],
      [1, NEW],
    ]);
    expect(resumable(VOTED, OWN, logged)).toEqual([]);
  });

  it("takes a state that as many came to as decide the vote", () => {
    const logged = soFar([
      [1, OLD],
      [3, POISON],
      [2, OLD],
    ]);
    expect(resumable(VOTED, OWN, logged)).toEqual([OLD]);
  });

  it("takes none of fewer, of those that never held a seat, or with its own voice", () => {
    const five = { ...VOTED, replicas: 5 };
    const two = soFar([
      [1, POISON],
      [2, POISON],
    ]);
    expect(resumable(five, OWN, two)).toEqual([]);
    expect(resumable(VOTED, OWN, { ...two, seated: [1] })).toEqual([]);
    const many = { ...VOTED, minAgreeing: 3, replicas: 4 };
    expect(resumable(many, OWN, two)).toEqual([]);
  });

  it("takes none where each answers to a panel for what it computed", () => {
    const agreed = soFar([
      [1, OLD],
      [2, OLD],
    ]);
    expect(resumable({ ...VOTED, auditBps: 100 }, OWN, agreed)).toEqual([]);
  });

  it("takes its own, whatever was agreed on", () => {
    const own = soFar([[OWN.provider, NEW]]);
    expect(resumable({ ...VOTED, challengeWindow: 60 }, OWN, own)).toEqual([NEW]);
  });
});

describe("what is published", () => {
  const published = (publish: "never" | "sole" | "always", of: Request, isJudge = false) =>
    isPublished({ publish }, { request: of, isJudge });

  it("is by default what another could go on from", () => {
    expect(published("sole", SOLE)).toBe(true);
    expect(published("sole", VOTED)).toBe(false);
    expect(published("sole", { ...SOLE, challengeWindow: 60 })).toBe(false);
  });

  it("is more only if the operator wants, and nothing if not", () => {
    expect(published("always", VOTED)).toBe(true);
    expect(published("never", SOLE)).toBe(false);
  });

  it("is nothing of a panel, nor of a bag, whose finished items are its progress", () => {
    expect(published("always", SOLE, true)).toBe(false);
    expect(published("always", { ...SOLE, volume: 2 })).toBe(false);
  });
});
