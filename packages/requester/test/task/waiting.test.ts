import type { LiveTask, Request } from "@deco-network/sdk";
import { zeroAddress } from "viem";
import { describe, expect, it } from "vitest";

import { proofOf, waitingOf } from "../../src/task/waiting.ts";

const windows: Partial<Request> = {
  ...{ claimWindow: 10, commitWindow: 20, revealWindow: 5 },
  ...{ allocator: zeroAddress, allocatorWindow: 0 },
};
const request = windows as Request;
const terms = { settleWindow: 6 };
const open = { status: "open", openedAt: 100, phaseAt: 100, committed: 0, revealed: 0 } as LiveTask;
const executing = { ...open, status: "executing", phaseAt: 104, committed: 2 } as LiveTask;
const revealing = { ...executing, status: "revealing", phaseAt: 110, revealed: 1 } as LiveTask;

describe("waitingOf", () => {
  it.each([
    ["open, in the claim window", open, 110, { for: "seats", until: 110 }],
    ["open, after it", open, 111, { for: "next-round-or-end" }],
    ["executing", executing, 124, { for: "commitments", until: 124 }],
    ["executing, commits over", executing, 125, { for: "reveals", until: 129 }],
    [
      "executing, nobody committed",
      { ...executing, committed: 0 },
      125,
      { for: "next-round-or-end" },
    ],
    ["revealing", revealing, 115, { for: "reveals", until: 115 }],
    [
      "everybody has revealed",
      { ...revealing, revealed: 2 },
      111,
      { for: "settlement", until: 121 },
    ],
    ["reveals over", revealing, 116, { for: "settlement", until: 121 }],
    ["settle window over", revealing, 122, { for: "next-round-or-end" }],
  ] as const)("%s", (_, task, now, waiting) => {
    expect(waitingOf(task, request, terms, now)).toEqual(waiting);
  });
});

it.each([
  ["the holder has time", 100, { for: "proof", until: 100 }],
  ["others have", 101, { for: "rescue", until: 105 }],
  ["until its last second", 105, { for: "rescue", until: 105 }],
  ["nobody has", 106, { for: "drop" }],
] as const)("a held order while %s", (_, now, waiting) => {
  expect(proofOf({ until: 100 }, request, now)).toEqual(waiting);
});
