import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  ASSIGNMENT_STATES,
  type AssignmentState,
  TRANSITIONS,
} from "../../src/assignments/states.ts";
import { Journal } from "../../src/journal/journal.ts";
import type { Transition } from "../../src/journal/transition.ts";
import { IDENTITY, temporaryJournal } from "../support/temporary-journal.ts";

const key = { task: `0x${"ab".repeat(32)}`, round: 1 } as const;
const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const opened: Transition = { kind: "assignment-opened", key, request: "0x01", postedBlock: 7 };
const queued: Transition = {
  ...{ kind: "transaction-queued", key, purpose: "claim" },
  ...{ to: "0x00000000000000000000000000000000000000aa", data: "0x02" },
};
const signed = (id: number, nonce: number, digit = "1"): Transition => ({
  ...{ kind: "transaction-signed", id, nonce, hash: hash(digit), raw: "0x03", gas: 5n },
  ...{ maxFeePerGas: 9n, maxPriorityFeePerGas: 1n, block: 10 },
});
const included = (id: number): Transition => ({
  ...{ kind: "transaction-included", id, hash: hash("1"), block: 11, blockHash: hash("b") },
  ...{ success: true, gasUsed: 4n },
});

describe("Journal", () => {
  let place: ReturnType<typeof temporaryJournal>;
  let journal: Journal;

  beforeEach(() => {
    place = temporaryJournal();
    journal = place.journal;
  });
  afterEach(() => place.remove());

  function refused(code: string, ...transitions: Transition[]) {
    expect(() => journal.record(...transitions)).toThrow(expect.objectContaining({ code }));
  }

  it("keeps an assignment's state, reason and facts, and its history", () => {
    const result = { digest: hash("d") };
    journal.record(opened);
    journal.record({ kind: "assignment-moved", key, from: "discovered", to: "validating" });
    const facts = { result, retainUntil: 5 };
    journal.record({
      ...{ kind: "assignment-moved", key, from: "validating", to: "lost" },
      ...{ reason: "not-drawn", facts },
    });
    expect(journal.assignment(key)).toMatchObject({
      ...{ key, state: "lost", reason: "not-drawn", request: "0x01", postedBlock: 7, facts },
    });
    expect(journal.history(key.task).map(({ to, reason }) => [to, reason])).toEqual([
      ["discovered", undefined],
      ["validating", undefined],
      ["lost", "not-drawn"],
    ]);
  });

  it("refuses transitions that the table does not have, or from another state", () => {
    journal.record(opened);
    refused("transition-forbidden", {
      ...{ kind: "assignment-moved", key, from: "discovered", to: "committed" },
    });
    refused("transition-forbidden", {
      ...{ kind: "assignment-moved", key, from: "validating", to: "eligible" },
    });
    expect(journal.assignment(key)?.state).toBe("discovered");
  });

  it("writes all transitions of one record, or none", () => {
    journal.record(opened);
    refused(
      "transition-forbidden",
      { kind: "assignment-moved", key, from: "discovered", to: "validating" },
      queued,
      { kind: "transaction-finalized", id: 1 },
    );
    expect(journal.assignment(key)?.state).toBe("discovered");
    expect(journal.transactionsIn("queued")).toEqual([]);
  });

  it("never holds a second, different commitment for a seat", () => {
    const first: Transition = {
      kind: "commitment-made",
      key,
      commitment: hash("1"),
      tag: hash("2"),
    };
    journal.record(first);
    journal.record(first);
    refused("second-commitment", { ...first, commitment: hash("3") });
    journal.record({ ...first, key: { ...key, round: 2 }, commitment: hash("3") });
    expect(journal.commitment(key)).toEqual({ key, commitment: hash("1"), tag: hash("2") });
  });

  it("keeps commitments when an assignment is forgotten", () => {
    journal.record(opened, { kind: "commitment-made", key, commitment: hash("1"), tag: hash("2") });
    refused("transition-forbidden", { kind: "assignment-forgotten", key });
    journal.record({ kind: "assignment-moved", key, from: "discovered", to: "lost" });
    journal.record({ kind: "assignment-moved", key, from: "lost", to: "released" });
    journal.record({ kind: "assignment-forgotten", key });
    expect(journal.assignment(key)).toBeUndefined();
    expect(journal.history(key.task)).toEqual([]);
    refused("second-commitment", {
      ...{ kind: "commitment-made", key, commitment: hash("3"), tag: hash("2") },
    });
  });

  it("follows a transaction from the queue to finality, with its replacements", () => {
    const [id = 0] = journal.record(queued);
    journal.record(signed(id, 4));
    journal.record({ ...signed(id, 4, "2"), maxFeePerGas: 11n } as Transition);
    expect(journal.attempts(id).map(({ maxFeePerGas }) => maxFeePerGas)).toEqual([9n, 11n]);
    expect(journal.nextNonce()).toBe(5);
    journal.record(included(id));
    journal.record({ kind: "transaction-rolled-back", id });
    expect(journal.transaction(id)).not.toHaveProperty("block");
    journal.record(included(id), { kind: "transaction-finalized", id });
    expect(journal.latestTransaction("claim", key)).toMatchObject({
      ...{ id, status: "final", nonce: 4, block: 11, success: true, gasUsed: 4n },
    });
    // A chain may leave more blocks than were thought to be enough.
    journal.record({ kind: "transaction-rolled-back", id });
    refused("transition-forbidden", { kind: "transaction-rolled-back", id });
  });

  it("gives a nonce to one transaction only", () => {
    const [first = 0, second = 0] = journal.record(queued, queued);
    journal.record(signed(first, 4));
    refused("journal-unusable", signed(second, 4, "2"));
    journal.record({ kind: "transaction-displaced", id: first });
    journal.record(signed(second, 4, "2"));
    expect(journal.transaction(first)).toMatchObject({ status: "queued" });
    expect(journal.attempts(first)).toEqual([]);
  });

  it("forgets blocks that left the chain, and old ones", () => {
    const block = (number: number) => ({
      ...{ number, hash: hash("a"), parent: hash("9"), timestamp: number },
    });
    journal.record({ kind: "blocks-followed", blocks: [block(1), block(2), block(3)] });
    journal.record({ kind: "blocks-rolled-back", above: 2 });
    expect(journal.blocks().map(({ number }) => number)).toEqual([1, 2]);
    journal.record({ kind: "blocks-followed", blocks: [block(1_000)] });
    expect(journal.blocks().map(({ number }) => number)).toEqual([1_000]);
  });

  it("survives a restart, and keeps a second process out", () => {
    journal.record(opened);
    expect(() => new Journal(place.path, IDENTITY)).toThrow(
      expect.objectContaining({ code: "journal-in-use" }),
    );
    journal.close();
    const again = new Journal(place.path, IDENTITY);
    expect(again.assignment(key)?.state).toBe("discovered");
    again.close();
  });

  it("serves one chain, market and key", () => {
    journal.close();
    expect(() => new Journal(place.path, { ...IDENTITY, chainId: 1 })).toThrow(
      expect.objectContaining({ code: "journal-unusable" }),
    );
    new Journal(place.path, { ...IDENTITY, market: IDENTITY.market.toUpperCase() }).close();
  });

  it("shows every write to its observer, before and after", () => {
    const seen: string[] = [];
    const observed = temporaryJournal({
      before: () => seen.push(`before ${observed.journal.countIn(["discovered"])}`),
      after: () => seen.push(`after ${observed.journal.countIn(["discovered"])}`),
    });
    observed.journal.record(opened);
    observed.remove();
    expect(seen).toEqual(["before 0", "after 1"]);
  });

  const moved = (from: AssignmentState, to: AssignmentState, reason?: string): Transition => ({
    ...{ kind: "assignment-moved", key, from, to },
    ...(reason !== undefined && { reason }),
  });

  it("keeps the seats that were claimed or given, for ever, but not those that were only found", () => {
    journal.record(opened, moved("discovered", "seated", "found-on-chain"));
    expect(journal.hasSeat(key)).toBe(false);
    journal.record(moved("seated", "claiming", "reorg"), moved("claiming", "lost"));
    journal.record(moved("lost", "released"), { kind: "assignment-forgotten", key });
    expect(journal.hasSeat(key)).toBe(true);
    expect(journal.protection()).toEqual({ commitments: [], seats: [key] });
  });

  it("takes the protection of a backup beside its own, and no second vote for a seat", () => {
    const vote = { ...key, commitment: hash("c"), tag: hash("e") };
    const merged = { kind: "protection-merged", commitments: [vote], seats: [key] } as const;
    journal.record(merged);
    journal.record(merged);
    expect(journal.protection()).toEqual({ commitments: [vote], seats: [key] });
    const other = { ...vote, commitment: hash("d") };
    refused("second-commitment", { ...merged, commitments: [other] });
  });

  it("counts an offer as open until it has given its seat, also when that is over", () => {
    const offer = {
      kind: "offer-made",
      key,
      request: "0x01",
      price: 1n,
      epoch: 0,
      expiry: 9,
    } as const;
    journal.record(offer);
    expect(journal.offersOpen(9)).toHaveLength(1);
    expect(journal.offersOpen(10)).toHaveLength(0);
    journal.record(opened, moved("discovered", "seated"), moved("seated", "expired"));
    journal.record(moved("expired", "released"));
    expect(journal.offersOpen(9)).toHaveLength(0);
  });

  it("opens one assignment per task and round", () => {
    journal.record(opened);
    refused("journal-unusable", opened);
  });
});

describe("the state table", () => {
  it("lets every state be reached and left", () => {
    const reached = new Set(Object.values(TRANSITIONS).flat());
    for (const state of ASSIGNMENT_STATES) {
      if (state !== "discovered") expect(reached).toContain(state);
      if (state !== "released") expect(TRANSITIONS[state].length).toBeGreaterThan(0);
    }
  });
});
