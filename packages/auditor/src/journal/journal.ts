import { Database, type DatabaseError, recordWrite } from "@deco-network/database";
import type { Address, Hex } from "viem";

import type { ActObserver } from "../acts.ts";
import { AuditorError } from "../errors.ts";
import { applyTransition } from "./apply-transition.ts";
import {
  type Appeal,
  type ChosenTask,
  parseAppeal,
  parseTask,
  parseWrong,
  type TaskState,
  type WrongItem,
} from "./rows.ts";
import type { Transition } from "./transition.ts";

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
  readonly #observer: ActObserver;

  /**
   * Opens or creates the database at `path` for this process alone; `:memory:` for none on disk.
   * @throws AuditorError `journal-in-use`, `journal-unusable`
   */
  constructor(path: string, identity: JournalIdentity, observer: ActObserver = {}) {
    this.#observer = observer;
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

  /**
   * The only write. All transitions take effect together, on disk, before this returns.
   * @throws AuditorError `journal-unusable`; nothing is written then
   */
  record(...transitions: readonly Transition[]): void {
    const act = { kind: "write", transitions } as const;
    recordWrite(this.#database, this.#observer, act, applyTransition);
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

  /** Wrong results that were not appealed, and may be at this second of block time. */
  unappealed(now: number): readonly { readonly taskId: Hex; readonly wrong: WrongItem }[] {
    const rows = this.#database.all(
      `SELECT task, wrong FROM tasks WHERE state = 'wrong' AND closes_at >= ?
         AND task NOT IN (SELECT task FROM appeals) ORDER BY closes_at`,
      now,
    );
    return rows.map((row) => ({ taskId: row["task"] as Hex, wrong: parseWrong(row["wrong"]) }));
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
