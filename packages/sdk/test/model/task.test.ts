import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { claimsOpenAt, deadlinesOf, longestLife } from "../../src/model/deadlines.ts";
import { abstentionsOf, phaseOf } from "../../src/model/task.ts";

const windows = {
  ...{ claimWindow: 60, commitWindow: 30, revealWindow: 20 },
  ...{ allocator: zeroAddress, allocatorWindow: 0 },
  ...{ challengeWindow: 0, deliveryWindow: 0, auditBps: 0 },
};
const allocator = "0x00000000000000000000000000000000000000a1";

describe("deadlinesOf", () => {
  const terms = { settleWindow: 6 };

  test("bounds what is to come while seats are missing", () => {
    const phase = { status: "open", openedAt: 100, phaseAt: 0 } as const;
    expect(deadlinesOf(phase, windows, terms)).toEqual({
      ...{ claim: 160, commit: 190, reveal: 210, settle: 216 },
    });
  });

  test("knows the commits' end once the round is full", () => {
    const phase = { status: "executing", openedAt: 100, phaseAt: 110 } as const;
    expect(deadlinesOf(phase, windows, terms)).toMatchObject({ commit: 140, reveal: 160 });
  });

  test("counts reveals from their opening", () => {
    const phase = { status: "revealing", openedAt: 100, phaseAt: 115 } as const;
    expect(deadlinesOf(phase, windows, terms)).toMatchObject({ reveal: 135, settle: 141 });
  });
});

test("claims open when the allocator's time is over", () => {
  const phase = { status: "open", openedAt: 100, phaseAt: 0 } as const;
  const request = { ...windows, allocator, allocatorWindow: 40 } as const;
  expect(claimsOpenAt(100, request)).toBe(140);
  expect(deadlinesOf(phase, request, { settleWindow: 6 })).toMatchObject({ claim: 200 });
  // A window without an allocator would be refused by post; it delays nobody.
  expect(claimsOpenAt(100, { ...request, allocator: zeroAddress })).toBe(100);
  const seats = { replicas: 3, maxReplicas: 3 };
  expect(longestLife({ ...request, ...seats }, { settleWindow: 6 })).toBe(200 + 30 + 20 + 6);
});

test("longestLife opens each claim window twice", () => {
  const seats = { replicas: 3, maxReplicas: 7 };
  const request = { ...windows, ...seats };
  expect(longestLife(request, { settleWindow: 6 })).toBe(3 * (120 + 30 + 20 + 6));
  // A dispute opened last, two panels, and a challenge window between them.
  const delayed = { ...request, challengeWindow: 100, deliveryWindow: 200 };
  expect(longestLife(delayed, { settleWindow: 6 })).toBe(5 * (120 + 30 + 20 + 6) + 300);
});

describe("phaseOf", () => {
  const task = { status: "executing", openedAt: 100, phaseAt: 110, commitWindow: 30 } as const;

  test("changes by itself after the last second of the commits", () => {
    expect(phaseOf(task, 140).status).toBe("executing");
    expect(phaseOf(task, 141)).toEqual({ status: "revealing", phaseAt: 140, openedAt: 100 });
  });

  test("leaves other phases alone", () => {
    expect(phaseOf({ ...task, status: "open" }, 10_000).status).toBe("open");
    expect(phaseOf({ ...task, status: "revealing" }, 10_000).phaseAt).toBe(110);
  });
});

test("abstentions are read from two-bit counters", () => {
  expect(abstentionsOf(0)).toEqual({});
  expect(abstentionsOf(0b11_00_00_00_00_10_01)).toEqual({
    ...{ "input-unavailable": 1, "image-invalid": 2, other: 3 },
  });
});
