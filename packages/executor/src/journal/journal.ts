import { DatabaseSync, type StatementSync } from "node:sqlite";

import type { Hash } from "viem";

import type { AssignmentState } from "../assignments/states.ts";
import { ExecutorError } from "../errors.ts";
import { applyTransition } from "./apply-transition.ts";
import { MIGRATIONS } from "./migrations.ts";
import {
  type Assignment,
  type Attempt,
  type Commitment,
  type HistoryEntry,
  parseAssignment,
  parseAttempt,
  parseBlock,
  parseCommitment,
  parseHistory,
  parseOffer,
  parseTransaction,
  type Transaction,
} from "./rows.ts";
import type {
  BlockRow,
  OfferRow,
  SeatKey,
  TransactionPurpose,
  TransactionStatus,
  Transition,
} from "./transition.ts";

/** Sees every write: metrics, tests that end the process at a chosen point. */
export interface JournalObserver {
  /** Just before the write begins; what it throws prevents the write. */
  before?(transitions: readonly Transition[]): void;
  /** Just after the write is on disk. */
  after?(transitions: readonly Transition[]): void;
}

/** Whose journal this is; a database made for another one is refused. */
export interface JournalIdentity {
  readonly chainId: number;
  readonly market: string;
  readonly operator: string;
}

/**
 * The executor's memory. Whatever it will do on the chain stands here first, so that after a
 * crash at any point it continues the same work and never contradicts itself.
 */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #observer: JournalObserver;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens or creates the database at `path`, for this process alone.
   * @throws ExecutorError `journal-in-use`, `journal-unusable`
   */
  constructor(path: string, identity: JournalIdentity, observer: JournalObserver = {}) {
    this.#observer = observer;
    this.#database = openDatabase(path);
    try {
      migrate(this.#database);
      claimIdentity(this.#database, identity);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * The only write. All transitions take effect together, on disk, before this returns.
   * @returns the ids of the transactions queued, in order
   * @throws ExecutorError `transition-forbidden`, `second-commitment`, `journal-unusable`; nothing
   *   is written then
   */
  record(...transitions: readonly Transition[]): number[] {
    if (transitions.length === 0) return [];
    this.#observer.before?.(transitions);
    const queued: number[] = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const transition of transitions) {
        const id = applyTransition((sql) => this.#prepare(sql), transition);
        if (id !== undefined) queued.push(id);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      if (error instanceof ExecutorError) throw error;
      throw unusable(error);
    }
    this.#observer.after?.(transitions);
    return queued;
  }

  assignment(key: SeatKey): Assignment | undefined {
    const row = this.#prepare("SELECT * FROM assignments WHERE task = ? AND round = ?");
    return optional(row.get(key.task, key.round), parseAssignment);
  }

  /** All rounds of a task, oldest first. */
  assignmentsOf(task: Hash): Assignment[] {
    const rows = this.#prepare("SELECT * FROM assignments WHERE task = ? ORDER BY round");
    return rows.all(task).map(parseAssignment);
  }

  assignmentsIn(states: readonly AssignmentState[]): Assignment[] {
    const marks = states.map(() => "?").join(",");
    const rows = this.#prepare(`SELECT * FROM assignments WHERE state IN (${marks})`);
    return rows.all(...states).map(parseAssignment);
  }

  countIn(states: readonly AssignmentState[]): number {
    const marks = states.map(() => "?").join(",");
    const row = this.#prepare(`SELECT count(*) AS n FROM assignments WHERE state IN (${marks})`);
    return Number(row.get(...states)?.["n"]);
  }

  history(task: Hash): HistoryEntry[] {
    return this.#prepare("SELECT * FROM history WHERE task = ? ORDER BY id")
      .all(task)
      .map(parseHistory);
  }

  commitment(key: SeatKey): Commitment | undefined {
    const row = this.#prepare("SELECT * FROM commitments WHERE task = ? AND round = ?");
    return optional(row.get(key.task, key.round), parseCommitment);
  }

  hasCommitments(): boolean {
    return this.#prepare("SELECT 1 FROM commitments LIMIT 1").get() !== undefined;
  }

  transaction(id: number): Transaction | undefined {
    return optional(
      this.#prepare("SELECT * FROM transactions WHERE id = ?").get(id),
      parseTransaction,
    );
  }

  /** The latest transaction of this purpose for the assignment, or of the provider's own. */
  latestTransaction(
    purpose: TransactionPurpose,
    key: SeatKey | undefined,
  ): Transaction | undefined {
    const row = this.#prepare(
      `SELECT * FROM transactions WHERE purpose = ? AND task IS ? AND round IS ?
       ORDER BY id DESC LIMIT 1`,
    ).get(purpose, key?.task ?? null, key?.round ?? null);
    return optional(row, parseTransaction);
  }

  transactionsIn(status: TransactionStatus): Transaction[] {
    const rows = this.#prepare("SELECT * FROM transactions WHERE status = ? ORDER BY id");
    return rows.all(status).map(parseTransaction);
  }

  /** Transactions that were included in a block above this number. */
  transactionsAbove(block: number): Transaction[] {
    const rows = this.#prepare(
      "SELECT * FROM transactions WHERE status IN ('included', 'final') AND block > ? ORDER BY id",
    );
    return rows.all(block).map(parseTransaction);
  }

  /** The transaction that holds a nonce and was included, as far as is known. */
  transactionWithNonce(nonce: number): Transaction | undefined {
    const row = this.#prepare(
      "SELECT * FROM transactions WHERE status IN ('included', 'final') AND nonce = ?",
    );
    return optional(row.get(nonce), parseTransaction);
  }

  /** Signed forms of a transaction, oldest first. */
  attempts(id: number): Attempt[] {
    const rows = this.#prepare(
      "SELECT * FROM attempts WHERE id = ? ORDER BY length(max_fee), max_fee",
    );
    return rows.all(id).map(parseAttempt);
  }

  /** One above the highest nonce that any journaled transaction holds; 0 if none does. */
  nextNonce(): number {
    const row = this.#prepare("SELECT max(nonce) AS n FROM transactions").get();
    const highest = row?.["n"];
    return highest === null || highest === undefined ? 0 : Number(highest) + 1;
  }

  /** Gas money that final transactions cost on a day (UTC) of the chain's clock, wei. */
  spentOn(day: number): bigint {
    const wei = this.#prepare("SELECT wei FROM spending WHERE day = ?").get(day)?.["wei"];
    return typeof wei === "string" ? BigInt(wei) : 0n;
  }

  /** The last offer that was signed for a task. */
  offer(task: Hash): OfferRow | undefined {
    return optional(this.#prepare("SELECT * FROM offers WHERE task = ?").get(task), parseOffer);
  }

  /** Offers that can still give a seat at this second, and have given none. */
  offersOpen(now: number): OfferRow[] {
    const rows = this.#prepare(
      `SELECT * FROM offers WHERE expiry >= ? AND NOT EXISTS (
         SELECT 1 FROM assignments
         WHERE assignments.task = offers.task AND assignments.round = offers.round
         AND assignments.state NOT IN ('discovered', 'validating', 'eligible', 'lost', 'released'))`,
    );
    return rows.all(now).map(parseOffer);
  }

  /** The followed chain's recent blocks, oldest first. */
  blocks(): BlockRow[] {
    return this.#prepare("SELECT * FROM blocks ORDER BY number").all().map(parseBlock);
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
}

function optional<T>(row: unknown, parse: (row: unknown) => T): T | undefined {
  return row === undefined ? undefined : parse(row);
}

function openDatabase(path: string): DatabaseSync {
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
      throw new ExecutorError("journal-in-use", `Another process has ${path} open.`, {
        remedy: "Stop the other executor: two on one key would be slashed.",
        cause,
      });
    }
    throw unusable(cause);
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > MIGRATIONS.length) {
    throw new ExecutorError("journal-unusable", `The journal has version ${version}.`, {
      remedy: `Use the newer executor that wrote it; this one knows ${MIGRATIONS.length}.`,
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
      throw new ExecutorError(
        "journal-unusable",
        `The journal was made for ${name} ${String(found)}, not ${expected}.`,
        { remedy: "Give each chain, market and operator key its own data folder." },
      );
    }
  }
}

function unusable(cause: unknown): ExecutorError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ExecutorError("journal-unusable", `The journal failed: ${detail}`, {
    remedy: "Check the disk's space and health; the executor does nothing unjournaled.",
    cause,
  });
}
