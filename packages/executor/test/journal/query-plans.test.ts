import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OCCUPYING_STATES } from "../../src/assignments/states.ts";
import { MIGRATIONS } from "../../src/journal/migrations.ts";
import { temporaryJournal } from "../support/temporary-journal.ts";

const key = { task: `0x${"ab".repeat(32)}`, round: 1 } as const;

/** SQLite says `SEARCH` also of a greatest value that it has no index for. */
const isScan = (detail: string) => /^(SCAN|SEARCH)/.test(detail) && !/ USING /.test(detail);

describe("what a running daemon asks of its journal", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is found by an index, however many rows there are", () => {
    const place = temporaryJournal();
    const asked: string[] = [];
    const prepare = DatabaseSync.prototype.prepare;
    vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (
      this: DatabaseSync,
      sql,
      ...rest
    ) {
      asked.push(sql);
      return prepare.call(this, sql, ...rest);
    });
    const { journal } = place;
    journal.assignment(key);
    journal.assignmentsOf(key.task);
    journal.assignmentsIn(OCCUPYING_STATES);
    journal.countIn(OCCUPYING_STATES);
    journal.history(key.task);
    journal.commitment(key);
    journal.hasSeat(key);
    journal.transaction(1);
    journal.latestTransaction("claim", key);
    journal.latestTransaction("describe", undefined);
    journal.transactionsOf("claim", key);
    journal.transactionsIn("queued");
    journal.transactionWithNonce(1);
    journal.attempts(1);
    journal.nextNonce();
    journal.spentOn(1);
    journal.offer(key.task);
    journal.offersOpen(1);
    vi.restoreAllMocks();
    place.remove();

    expect(asked.length).toBeGreaterThanOrEqual(16);
    const database = new DatabaseSync(":memory:");
    for (const migration of MIGRATIONS) database.exec(migration);
    const scans = asked.flatMap((sql) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array(sql.split("?").length - 1).fill(1))
        .flatMap(({ detail }) => (isScan(String(detail)) ? [`${sql}: ${detail}`] : [])),
    );
    database.close();
    expect(scans).toEqual([]);
  });
});
