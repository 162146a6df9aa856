import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from "node:sqlite";

import { DatabaseError } from "./errors.ts";

/** Whose database it is, by name; one made for another is refused. Letter case does not count. */
export type DatabaseIdentity = Readonly<Record<string, string | number>>;

export interface DatabaseOptions {
  /** `:memory:` for none on disk. */
  readonly path: string;
  /**
   * Schema by version: entry i brings version i to i + 1. Entries are never edited after a release,
   * only appended. The table `identity` belongs to this package.
   */
  readonly migrations: readonly string[];
  readonly identity: DatabaseIdentity;
  /** Says the same in the owner's words, with the owner's codes. */
  readonly toError?: (error: DatabaseError) => Error;
}

export type Row = Record<string, SQLOutputValue>;

/**
 * A process's memory: one SQLite file for this process alone, on disk before a write returns.
 * Statements are prepared once. What SQLite throws becomes a {@link DatabaseError}, or what its
 * owner makes of it; other errors within {@link together} pass as they are.
 */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #toError: (error: DatabaseError) => Error;

  /** Opens or creates it. @throws DatabaseError of every code, as the owner says it */
  constructor({ path, migrations, identity, toError = (error) => error }: DatabaseOptions) {
    this.#toError = toError;
    let database: DatabaseSync | undefined;
    try {
      database = openExclusively(path);
      migrate(database, migrations);
      claimIdentity(database, identity);
    } catch (error) {
      if (database?.isOpen) database.close();
      throw this.#named(error, path);
    }
    this.#database = database;
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#try(() => this.#prepare(sql).get(...values));
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#try(() => this.#prepare(sql).all(...values));
  }

  run(
    sql: string,
    ...values: readonly SQLInputValue[]
  ): { readonly changes: number; readonly lastId: number } {
    return this.#try(() => {
      const { changes, lastInsertRowid } = this.#prepare(sql).run(...values);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    });
  }

  /** All of `work` or nothing of it; on disk before this returns. */
  together<T>(work: () => T): T {
    try {
      this.#try(() => this.#database.exec("BEGIN IMMEDIATE"));
      const result = work();
      this.#try(() => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#named(error);
    }
  }

  #named(cause: unknown, path = "The database"): Error {
    if (cause instanceof DatabaseError) return this.#toError(cause);
    const detail = cause instanceof Error ? cause.message : String(cause);
    return this.#toError(new DatabaseError("database-failed", `${path}: ${detail}`, cause));
  }
}

function openExclusively(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    // Exclusive before WAL: then not even a shared-memory file lets a second process in.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA foreign_keys = ON");
    database.exec("BEGIN IMMEDIATE; COMMIT");
    return database;
  } catch (cause) {
    if (database?.isOpen) database.close();
    if (cause instanceof Error && /locked|busy/i.test(cause.message)) {
      throw new DatabaseError("database-in-use", `Another process has ${path} open.`, cause);
    }
    throw cause;
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > migrations.length) {
    throw new DatabaseError(
      "database-newer",
      `The database has version ${version}; this release knows ${migrations.length}.`,
    );
  }
  for (let next = version; next < migrations.length; next++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(`${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT`);
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

function claimIdentity(database: DatabaseSync, identity: DatabaseIdentity): void {
  database.exec(
    "CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
  );
  const read = database.prepare("SELECT value FROM identity WHERE name = ?");
  const write = database.prepare("INSERT INTO identity (name, value) VALUES (?, ?)");
  for (const [name, value] of Object.entries(identity)) {
    const expected = String(value).toLowerCase();
    const found = read.get(name)?.["value"];
    if (found === undefined) write.run(name, expected);
    else if (found !== expected) {
      throw new DatabaseError(
        "database-foreign",
        `The database was made for ${name} ${String(found)}, not ${expected}.`,
      );
    }
  }
}
