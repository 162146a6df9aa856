import { MAX_LOG_CHUNK } from "@deco-network/p2p";
import type { Request } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import { shownOf, windowOf } from "../../src/progress/log-window.ts";
import { TERMS } from "../support/network.ts";

const request = (terms: Partial<Request>) => ({ ...TERMS, ...terms }) as Request;
const bytes = (length: number, first = 0) =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 251);

describe("what is shown of a log", () => {
  it("is nothing while anybody else may vote on the task, now or on a panel", () => {
    expect(shownOf(request({}), "undecided")).toBe("beginning");
    for (const terms of [
      { maxReplicas: 2 },
      { replicas: 3, maxReplicas: 3 },
      { challengeWindow: 1 },
      { auditBps: 1 },
      { policy: `0x${"1".repeat(40)}` as const },
    ]) {
      expect(shownOf(request(terms), "undecided")).toBeUndefined();
    }
  });

  it("is all of it for a result that is paid, and its end for any other", () => {
    const voted = request({ replicas: 3, maxReplicas: 3, challengeWindow: 60 });
    expect(shownOf(voted, "paid")).toBe("all");
    expect(shownOf(voted, "unpaid")).toBe("end");
  });
});

describe("a piece of a log", () => {
  // 100,000 bytes were written, of which both ends of 65,536 are kept.
  const run = {
    ...{ items: { done: 1, total: 1 }, length: 100_000 },
    ...{ first: bytes(65_536), last: bytes(65_536, 34_464) },
  };
  const unpaidBytes = 4_096;

  it("begins where it was asked for, or where something is kept", () => {
    const piece = windowOf(run, "all", { from: 0, unpaidBytes });
    expect(piece).toMatchObject({ from: 34_464, end: 100_000 });
    expect(piece.bytes).toEqual(bytes(MAX_LOG_CHUNK, 34_464));
    const next = windowOf(run, "all", { from: 90_000, unpaidBytes });
    expect([next.from, next.bytes]).toEqual([90_000, bytes(10_000, 90_000)]);
    expect(windowOf(run, "all", { from: 2 ** 40, unpaidBytes }).bytes).toHaveLength(0);
  });

  it("brings the requester of a run that is not paid no more bytes, however often it asks", () => {
    const end = windowOf(run, "end", { from: 0, unpaidBytes });
    expect([end.from, end.end, end.bytes]).toEqual([95_904, 100_000, bytes(4_096, 95_904)]);
    const beginning = windowOf(run, "beginning", { from: 0, unpaidBytes });
    expect([beginning.from, beginning.end, beginning.bytes]).toEqual([0, 4_096, bytes(4_096)]);
    expect(windowOf(run, "beginning", { from: 4_096, unpaidBytes }).bytes).toHaveLength(0);
    expect(windowOf(run, "end", { from: 0, unpaidBytes: 0 }).bytes).toHaveLength(0);
  });

  it("is empty when nothing ran", () => {
    const nothing = windowOf(undefined, "all", { from: 7, unpaidBytes });
    expect(nothing).toEqual({ shown: "all", from: 0, bytes: new Uint8Array(), end: 0 });
  });
});
