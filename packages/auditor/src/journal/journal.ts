import { Database, type DatabaseError } from "@deco-network/database";
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

/** Schema by version; see `DatabaseOptions`. */
const MIGRATIONS: readonly string[] = [
  `
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
  readonly #database: Database;

  /**
   * Opens or creates the database at `path` for this process alone; `:memory:` for none on disk.
   * @throws AuditorError `journal-in-use`, `journal-unusable`
   */
  constructor(path: string, identity: JournalIdentity) {
    const { chainId, market, account } = identity;
    this.#database = new Database({
      ...{ path, migrations: MIGRATIONS, identity: { chainId, market, account } },
      toError: journalError,
    });
  }

  /** Last block whose acceptances were drawn; undefined before the first. */
  followed(): number | undefined {
    const row = this.#database.get("SELECT block FROM progress WHERE name = 'followed'");
    return row === undefined ? undefined : Number(row["block"]);
  }

  /** What was drawn from the blocks up to `block`, together. */
  recordDraw(block: number, chosen: readonly ChosenTask[]): void {
    this.#database.together(() => {
      for (const task of chosen) this.choose(task);
      const sql = "INSERT OR REPLACE INTO progress (name, block) VALUES ('followed', ?)";
      this.#database.run(sql, block);
    });
  }

  /** A task that is known already keeps what is known of it. */
  choose({ accepted, items, closesAt }: ChosenTask): void {
    this.#database.run(
      `INSERT OR IGNORE INTO tasks (task, state, accepted, items, closes_at)
       VALUES (?, 'chosen', ?, ?, ?)`,
      ...[accepted.taskId, JSON.stringify(accepted), JSON.stringify(items), closesAt],
    );
  }

  stateOf(taskId: Hex): TaskState | undefined {
    const row = this.#database.get("SELECT state FROM tasks WHERE task = ?", taskId);
    return row?.["state"] as TaskState | undefined;
  }

  /** The chosen task whose window closes first. */
  nextChosen(): ChosenTask | undefined {
    const row = this.#database.get(
      "SELECT * FROM tasks WHERE state = 'chosen' ORDER BY closes_at LIMIT 1",
    );
    return row && parseTask(row);
  }

  judged(taskId: Hex, state: TaskState, wrong?: WrongItem): void {
    const text = wrong === undefined ? null : JSON.stringify(wrong);
    this.#database.run("UPDATE tasks SET state = ?, wrong = ? WHERE task = ?", state, text, taskId);
  }

  /** Wrong results that were not appealed, and may be at this second of block time. */
  unappealed(now: number): readonly { readonly taskId: Hex; readonly wrong: WrongItem }[] {
    const rows = this.#database.all(
      `SELECT task, wrong FROM tasks WHERE state = 'wrong' AND closes_at >= ?
         AND task NOT IN (SELECT task FROM appeals) ORDER BY closes_at`,
      now,
    );
    return rows.map((row) => ({ taskId: row["task"] as Hex, wrong: parseWrong(row["wrong"]) }));
  }

  /** Stands on disk before the transaction with this nonce leaves. */
  planAppeal(appeal: Pick<Appeal, "taskId" | "wrong" | "token" | "bond" | "nonce">): void {
    const { taskId, wrong, token, bond, nonce } = appeal;
    this.#database.run(
      `INSERT OR REPLACE INTO appeals (task, wrong, token, bond, state, nonce)
       VALUES (?, ?, ?, ?, 'planned', ?)`,
      ...[taskId, JSON.stringify(wrong), token, String(bond), nonce],
    );
  }

  appealOpened(taskId: Hex, dispute: number): void {
    this.#database.run(
      "UPDATE appeals SET state = 'open', dispute = ? WHERE task = ?",
      dispute,
      taskId,
    );
  }

  appealMissed(taskId: Hex): void {
    this.#database.run("UPDATE appeals SET state = 'missed' WHERE task = ?", taskId);
  }

  /** @param level the panel whose decision was told */
  appealTold(taskId: Hex, level: number): void {
    this.#database.run("UPDATE appeals SET told = ? WHERE task = ?", level, taskId);
  }

  appealResolved(
    taskId: Hex,
    { verdict, returned, awarded }: Required<Pick<Appeal, "verdict" | "returned" | "awarded">>,
  ): void {
    this.#database.run(
      "UPDATE appeals SET state = 'resolved', verdict = ?, returned = ?, awarded = ? WHERE task = ?",
      ...[verdict, String(returned), String(awarded), taskId],
    );
  }

  appeals(): Appeal[] {
    return this.#database.all("SELECT * FROM appeals ORDER BY task").map(parseAppeal);
  }

  appeal(taskId: Hex): Appeal | undefined {
    const row = this.#database.get("SELECT * FROM appeals WHERE task = ?", taskId);
    return row && parseAppeal(row);
  }

  /** Idempotent. */
  close(): void {
    this.#database.close();
  }
}

/** What is wrong with the database, in an auditor's words. */
function journalError({ code, message, remedy, cause }: DatabaseError): AuditorError {
  if (code === "database-in-use") {
    return new AuditorError("journal-in-use", message, {
      remedy: "Stop the other auditor, or give this one a folder of its own.",
      cause,
    });
  }
  return new AuditorError("journal-unusable", `The journal cannot be used. ${message}`, {
    ...{ remedy, cause },
  });
}
