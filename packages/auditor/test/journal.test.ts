import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Journal } from "../src/journal/journal.ts";
import type { ChosenTask } from "../src/journal/rows.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const address = (digit: string) => `0x${digit.repeat(40)}` as const;
const IDENTITY = { chainId: 31_337, market: address("1"), account: address("2") };
const TASK = hash("a");
const WRONG = { index: 2, accepted: hash("b"), computed: hash("c"), proof: [hash("d")] };
const PLANNED = { taskId: TASK, wrong: WRONG, token: address("3"), bond: 2n ** 90n, nonce: 7 };

const chosen = (digit: string, closesAt: number) => ({
  accepted: {
    ...{ taskId: hash(digit), result: hash("e"), digest: hash("f"), root: hash("0") },
    ...{ document: "0x" as const, blockNumber: 5 },
  },
  ...{ items: [0, 2], closesAt },
});

describe("the auditor's journal", () => {
  let folder: string;
  let journal: Journal;
  const path = () => join(folder, "journal.sqlite");
  const draw = (block: number, ...tasks: readonly ChosenTask[]) =>
    journal.record(
      { kind: "followed", block },
      ...tasks.map((task) => ({ kind: "task-chosen", task }) as const),
    );
  const reopen = () => {
    journal.close();
    journal = new Journal(path(), IDENTITY);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deco-auditor-"));
    journal = new Journal(path(), IDENTITY);
  });
  afterEach(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps draws together with how far they went", () => {
    expect(journal.followed()).toBeUndefined();
    draw(9, chosen("a", 200), chosen("b", 100));
    reopen();
    expect(journal.followed()).toBe(9);
    expect(journal.nextChosen()).toEqual(chosen("b", 100));
  });

  it("does not judge twice what was judged", () => {
    draw(9, chosen("a", 200));
    journal.record({ kind: "task-judged", taskId: TASK, state: "right" });
    reopen();
    journal.record({ kind: "task-chosen", task: chosen("a", 200) });
    expect(journal.nextChosen()).toBeUndefined();
    expect(journal.stateOf(TASK)).toBe("right");
  });

  it("offers a wrong result for appeal until its window closes or it is appealed", () => {
    draw(9, chosen("a", 200));
    journal.record({ kind: "task-judged", taskId: TASK, state: "wrong", wrong: WRONG });
    reopen();
    expect(journal.unappealed(200)).toEqual([{ taskId: TASK, wrong: WRONG }]);
    expect(journal.unappealed(201)).toEqual([]);
    journal.record({ kind: "appeal-planned", plan: PLANNED });
    expect(journal.unappealed(200)).toEqual([]);
  });

  it("keeps an appeal through every state", () => {
    journal.record({ kind: "appeal-planned", plan: PLANNED });
    reopen();
    const start = { ...PLANNED, state: "planned", told: 0, returned: 0n, awarded: 0n };
    expect(journal.appeal(TASK)).toEqual(start);
    journal.record({ kind: "appeal-opened", taskId: TASK, dispute: 3 });
    journal.record({ kind: "panel-told", taskId: TASK, level: 1 });
    reopen();
    expect(journal.appeals()).toEqual([{ ...start, state: "open", dispute: 3, told: 1 }]);
    const end = { verdict: "right", returned: 2n ** 90n, awarded: 5n } as const;
    journal.record({ kind: "appeal-resolved", taskId: TASK, end });
    reopen();
    expect(journal.appeal(TASK)).toMatchObject({ state: "resolved", ...end });
  });

  it("has one process", () => {
    expect(() => new Journal(path(), IDENTITY)).toThrow(
      expect.objectContaining({ code: "journal-in-use" }),
    );
  });

  it("refuses the journal of another account, and a file that is none", () => {
    journal.close();
    const other = { ...IDENTITY, account: address("9") };
    const unusable = expect.objectContaining({ code: "journal-unusable" });
    expect(() => new Journal(path(), other)).toThrow(unusable);
    expect(() => new Journal(folder, IDENTITY)).toThrow(unusable);
  });
});
