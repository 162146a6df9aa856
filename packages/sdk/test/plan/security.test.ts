import { describe, expect, test } from "vitest";
import { tagOf } from "../../src/digests/vote.ts";
import { countVotes, isAccepted, type VoteSeat } from "../../src/model/vote.ts";
import { securityOf } from "../../src/plan/security.ts";

const taskId = `0x${"11".repeat(32)}` as const;
const lie = `0x${"22".repeat(32)}` as const;
const truth = `0x${"33".repeat(32)}` as const;

/** Whether `liars` of weight `trust` win against honest seats of trust 10. */
function liarsWin(
  terms: { replicas: number; thresholdBps: number; minAgreeing: number },
  liars: number,
  trust: number,
) {
  const seats = Array.from({ length: terms.replicas }, (_, i): VoteSeat => {
    const isLiar = i < liars;
    const tag = tagOf(taskId, 1, isLiar ? lie : truth);
    return { provider: i + 1, round: 1, trust: isLiar ? trust : 10, status: "revealed", tag };
  });
  const count = countVotes({ taskId, seats, result: lie, weightCap: 3 });
  return isAccepted(count, { ...terms, minWeight: 0 });
}

describe("the fewest colluders are those who win the vote", () => {
  const cases = [1, 2, 3, 4, 5, 7, 9, 16].flatMap((replicas) =>
    [5_001, 6_000, 6_667, 7_500].flatMap((thresholdBps) =>
      (replicas === 1 ? [1] : [1, 2]).map((minAgreeing) => ({
        replicas,
        thresholdBps,
        minAgreeing,
      })),
    ),
  );
  test.each(cases)("$replicas seats, $thresholdBps bps, $minAgreeing agreeing", (terms) => {
    const request = { ...terms, lock: 100n, dissentBps: 10_000 };
    const security = securityOf({ request, weightCap: 3, stakes: [] });
    for (const [fewest, trust] of [
      [security.colluders, 10],
      [security.colludersAtBest, 100],
    ] as const) {
      expect(liarsWin(terms, fewest, trust)).toBe(true);
      if (fewest > 1) expect(liarsWin(terms, fewest - 1, trust)).toBe(false);
    }
    expect(security.atRisk).toBe(BigInt(security.colludersAtBest) * 100n);
  });

  test("owners of several providers count once", () => {
    const a = `0x${"aa".repeat(20)}` as const;
    const b = `0x${"bb".repeat(20)}` as const;
    const request = {
      replicas: 3,
      thresholdBps: 6_000,
      minAgreeing: 2,
      lock: 1n,
      dissentBps: 10_000,
    };
    const stakes = [
      { owner: a, stake: 2n },
      { owner: b, stake: 3n },
      { owner: a, stake: 5n },
    ];
    const { largestOwner } = securityOf({ request, weightCap: 3, stakes });
    expect(largestOwner?.owner).toBe(a);
    expect(largestOwner?.share).toBeCloseTo(0.7, 9);
    expect(largestOwner?.decides).toBeCloseTo(3 * 0.49 - 2 * 0.343, 9);
  });
});
