import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Hash, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AssignmentState, SeatKey } from "../../src/index.ts";
import { readJournal } from "../../src/journal/read-journal.ts";
import { explainTask } from "../../src/operations/explain-task.ts";
import type { ReasonCode } from "../../src/reasons/reason.ts";
import type { RefusalRecord } from "../../src/records/records.ts";
import { temporaryJournal } from "../support/temporary-journal.ts";

const task: Hash = `0x${"5".repeat(64)}`;
const key: SeatKey = { task, round: 1 };

describe("explainTask", () => {
  let place: ReturnType<typeof temporaryJournal>;
  beforeEach(() => {
    place = temporaryJournal();
  });
  afterEach(() => place.remove());

  function walk(...steps: readonly (readonly [AssignmentState, ReasonCode?])[]) {
    place.journal.record({ kind: "assignment-opened", key, request: "0x", postedBlock: 1 });
    let from: AssignmentState = "discovered";
    for (const [to, reason] of steps) {
      const move = { kind: "assignment-moved", key, from, to } as const;
      place.journal.record({ ...move, ...(reason && { reason }) });
      from = to;
    }
  }
  const refusals: RefusalRecord[] = [];
  const records = { refusalsOf: () => refusals };
  const explain = (waiting?: Parameters<typeof explainTask>[1]["waiting"]) =>
    explainTask(task, { journal: place.journal, records, waiting });

  it("says what a task waits for while an executor runs, and that it stands still while none does", () => {
    walk(["validating"], ["eligible"]);
    const why = { code: "capacity-awaited" } as const;
    const explanation = explain(() => ({ until: 99, why }));
    expect(explanation).toMatchObject({
      ...{ verdict: "waiting", running: true, because: { code: "capacity-awaited", kind: "wait" } },
      rounds: [{ state: "eligible", waiting: { until: 99, reason: { code: "capacity-awaited" } } }],
    });
    expect(explanation.because?.operator).toContain("capacity.tasks");
    expect(explain()).toMatchObject({ verdict: "waiting", running: false });
    expect(explain().summary).toContain("goes on when the executor starts");
  });

  it("tells a seat's way to its end, with the reason at each step", () => {
    walk(["validating"], ["eligible"], ["claiming"], ["seated"], ["running"]);
    expect(explain(() => undefined)).toMatchObject({ verdict: "working" });
    const move = { kind: "assignment-moved", key } as const;
    place.journal.record({ ...move, from: "running", to: "abstaining", reason: "killed" });
    refusals.push({ task, round: 1, source: "run", code: "killed", detail: "signal 9", at: 1 });
    expect(explain(() => undefined)).toMatchObject({
      because: { code: "killed", kind: "abstained", detail: "signal 9" },
    });
    refusals.length = 0;
    place.journal.record({ ...move, from: "abstaining", to: "settling", reason: "commit-missed" });
    place.journal.record({ ...move, from: "settling", to: "expired", reason: "vote-failed" });
    place.journal.record({ ...move, from: "expired", to: "released", reason: "vote-failed" });
    const over = explain(() => undefined);
    expect(over).toMatchObject({ verdict: "over", because: { code: "vote-failed" } });
    expect(over.rounds[0]?.steps.map(({ to }) => to)).toContain("abstaining");
  });

  it("knows a task only from an allocator's question", () => {
    refusals.push({ task, round: 1, source: "offer", code: "capacity-full", at: 1 });
    expect(explain()).toMatchObject({ verdict: "refused", because: { code: "capacity-full" } });
    refusals.length = 0;
    expect(explain()).toMatchObject({ verdict: "unseen", rounds: [] });
    expect(explainTask(zeroHash, { journal: place.journal, records: undefined }).verdict).toBe(
      "unseen",
    );
  });

  it("reads the journal of an executor that was killed, and not that of one that runs", () => {
    walk(["lost", "not-drawn"]);
    expect(() => readJournal(place.path)).toThrow(
      expect.objectContaining({ code: "journal-in-use" }),
    );
    // What a power cut leaves: the file and its log, unmerged.
    const folder = mkdtempSync(join(tmpdir(), "deco-killed-"));
    const path = join(folder, "journal.sqlite");
    copyFileSync(place.path, path);
    copyFileSync(`${place.path}-wal`, `${path}-wal`);
    const journal = readJournal(path);
    expect(explainTask(task, { journal, records })).toMatchObject({
      ...{ verdict: "refused", because: { code: "not-drawn" } },
    });
    journal.close();
    rmSync(folder, { recursive: true });
  });
});
