import { DatabaseSync, type SQLInputValue } from "node:sqlite";

import type { Address, Hex } from "viem";

import { AuditorError } from "../errors.ts";
import {
  type Appeal,
  type ChosenTask,
  parseAppeal,
  parseTask,
  parseWrong,
  type TaskState,
  type WrongItem,
} from "./rows.ts";

/** Whose journal this is; one made for another is refused. */
export interface JournalIdentity {
  readonly chainId: number;
  readonly market: Address;
  readonly account: Address;
}

/** Schema by version: entry i brings version i to i + 1. Entries are only ever appended. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE progress (name TEXT PRIMARY KEY, block INTEGER NOT NULL) STRICT;

  CREATE TABLE tasks (
    task TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    accepted TEXT NOT NULL,
    items TEXT NOT NULL,
    closes_at INTEGER NOT NULL,
    wrong TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tasks_by_state ON tasks (state, closes_at);

  -- One appeal a task, for ever: a wrong item is enough to undo its result.
  CREATE TABLE appeals (
    task TEXT PRIMARY KEY,
    wrong TEXT NOT NULL,
    token TEXT NOT NULL,
    bond TEXT NOT NULL,
    state TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    dispute INTEGER,
    told INTEGER NOT NULL DEFAULT 0,
    verdict TEXT,
    returned TEXT NOT NULL DEFAULT '0',
    awarded TEXT NOT NULL DEFAULT '0'
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX appeals_by_state ON appeals (state);
  `,
];

/**
 * The auditor's memory. A draw stands here before the next block is looked at, an appeal before it is
 * sent: a restart neither draws a task twice nor appeals it twice, and no bond is forgotten.
 */
export class Journal {
  readonly #database: DatabaseSync;

  /**
   * Opens or creates the database at `path` for this process alone; `:memory:` for none on disk.
   * @throws AuditorError `journal-in-use`, `journal-unusable`
   */
  constructor(path: string, identity: JournalIdentity) {
    this.#database = openDatabase(path);
    try {
      migrate(this.#database);
      claimIdentity(this.#database, identity);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Last block whose acceptances were drawn; undefined before the first. */
  followed(): number | undefined {
    const row = this.#get("SELECT block FROM progress WHERE name = 'followed'");
    return row === undefined ? undefined : Number(row["block"]);
  }

  /** What was drawn from the blocks up to `block`, together. */
  recordDraw(block: number, chosen: readonly ChosenTask[]): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const task of chosen) this.choose(task);
      this.#run("INSERT OR REPLACE INTO progress (name, block) VALUES ('followed', ?)", block);
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** A task that is known already keeps what is known of it. */
  choose({ accepted, items, closesAt }: ChosenTask): void {
    this.#run(
      `INSERT OR IGNORE INTO tasks (task, state, accepted, items, closes_at)
       VALUES (?, 'chosen', ?, ?, ?)`,
      ...[accepted.taskId, JSON.stringify(accepted), JSON.stringify(items), closesAt],
    );
  }

  stateOf(taskId: Hex): TaskState | undefined {
    const row = this.#get("SELECT state FROM tasks WHERE task = ?", taskId);
    return row?.["state"] as TaskState | undefined;
  }

  /** The chosen task whose window closes first. */
  nextChosen(): ChosenTask | undefined {
    const row = this.#get("SELECT * FROM tasks WHERE state = 'chosen' ORDER BY closes_at LIMIT 1");
    return row && parseTask(row);
  }

  judged(taskId: Hex, state: TaskState, wrong?: WrongItem): void {
    const text = wrong === undefined ? null : JSON.stringify(wrong);
    this.#run("UPDATE tasks SET state = ?, wrong = ? WHERE task = ?", state, text, taskId);
  }

  /** Wrong results that were not appealed, and may be at this second of block time. */
  unappealed(now: number): readonly { readonly taskId: Hex; readonly wrong: WrongItem }[] {
    const rows = this.#database
      .prepare(
        `SELECT task, wrong FROM tasks WHERE state = 'wrong' AND closes_at >= ?
         AND task NOT IN (SELECT task FROM appeals) ORDER BY closes_at`,
      )
      .all(now);
    return rows.map((row) => ({ taskId: row["task"] as Hex, wrong: parseWrong(row["wrong"]) }));
  }

  /** Stands on disk before the transaction with this nonce leaves. */
  planAppeal(appeal: Pick<Appeal, "taskId" | "wrong" | "token" | "bond" | "nonce">): void {
    const { taskId, wrong, token, bond, nonce } = appeal;
    this.#run(
      `INSERT OR REPLACE INTO appeals (task, wrong, token, bond, state, nonce)
       VALUES (?, ?, ?, ?, 'planned', ?)`,
      ...[taskId, JSON.stringify(wrong), token, String(bond), nonce],
    );
  }

  appealOpened(taskId: Hex, dispute: number): void {
    this.#run("UPDATE appeals SET state = 'open', dispute = ? WHERE task = ?", dispute, taskId);
  }

  appealMissed(taskId: Hex): void {
    this.#run("UPDATE appeals SET state = 'missed' WHERE task = ?", taskId);
  }

  /** @param level the panel whose decision was told */
  appealTold(taskId: Hex, level: number): void {
    this.#run("UPDATE appeals SET told = ? WHERE task = ?", level, taskId);
  }

  appealResolved(
    taskId: Hex,
    { verdict, returned, awarded }: Required<Pick<Appeal, "verdict" | "returned" | "awarded">>,
  ): void {
    this.#run(
      "UPDATE appeals SET state = 'resolved', verdict = ?, returned = ?, awarded = ? WHERE task = ?",
      ...[verdict, String(returned), String(awarded), taskId],
    );
  }

  appeals(): Appeal[] {
    return this.#database.prepare("SELECT * FROM appeals ORDER BY task").all().map(parseAppeal);
  }

  appeal(taskId: Hex): Appeal | undefined {
    const row = this.#get("SELECT * FROM appeals WHERE task = ?", taskId);
    return row && parseAppeal(row);
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #get(sql: string, ...values: readonly SQLInputValue[]) {
    return this.#database.prepare(sql).get(...values);
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): void {
    try {
      this.#database.prepare(sql).run(...values);
    } catch (error) {
      throw unusable(error);
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path);
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      BEGIN EXCLUSIVE; COMMIT;
    `);
    return database;
  } catch (error) {
    if (error instanceof Error && /locked|busy/.test(error.message)) {
      throw new AuditorError("journal-in-use", `Another auditor has ${path} open.`, {
        remedy: "Stop it, or give this one a folder of its own.",
        cause: error,
      });
    }
    throw unusable(error);
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > MIGRATIONS.length) {
    throw new AuditorError("journal-unusable", "A newer release has written this journal.", {
      remedy: "Run that release, or use another folder.",
    });
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.exec(
      `BEGIN IMMEDIATE; ${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}; COMMIT`,
    );
  }
}

function claimIdentity(database: DatabaseSync, identity: JournalIdentity): void {
  const read = database.prepare("SELECT value FROM identity WHERE name = ?");
  const write = database.prepare("INSERT INTO identity (name, value) VALUES (?, ?)");
  for (const [name, value] of Object.entries(identity)) {
    const expected = String(value).toLowerCase();
    const found = read.get(name)?.["value"];
    if (found === undefined) write.run(name, expected);
    else if (found !== expected) {
      throw new AuditorError(
        "journal-unusable",
        `The journal was made for ${name} ${String(found)}, not ${expected}.`,
        { remedy: "Give each chain, market and account its own folder." },
      );
    }
  }
}

function unusable(cause: unknown): AuditorError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AuditorError("journal-unusable", `The journal failed: ${detail}`, {
    remedy: "Check the disk's space and health; nothing is sent that is not journaled.",
    cause,
  });
}
