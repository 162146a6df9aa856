import { DatabaseSync, type SQLInputValue } from "node:sqlite";

import type { SignedTaskOffer } from "@deco-network/sdk";
import type { Hash } from "viem";

import { AllocatorError } from "../errors.ts";
import {
  type Attempt,
  type Order,
  type Purpose,
  parseAttempt,
  parseOrder,
  requestText,
  seatsText,
} from "./orders.ts";

/** Whose record this is; one made for another is refused. */
export interface StoreIdentity {
  readonly chainId: number;
  readonly market: string;
  readonly allocator: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    task TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    signature TEXT NOT NULL,
    state TEXT NOT NULL,
    memory_bytes INTEGER NOT NULL,
    until INTEGER NOT NULL,
    reason TEXT,
    seats TEXT NOT NULL DEFAULT '[]',
    hash TEXT,
    changed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS orders_by_state ON orders (state, changed_at);
  -- Signed bytes, written before they leave; gone once their nonce is used for good.
  CREATE TABLE IF NOT EXISTS attempts (
    hash TEXT PRIMARY KEY,
    task TEXT NOT NULL REFERENCES orders (task) ON DELETE CASCADE,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    gas TEXT NOT NULL,
    max_fee TEXT NOT NULL,
    max_priority_fee TEXT NOT NULL,
    block INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** What came later: entry i brings version i to i + 1. Entries are only appended. */
const MIGRATIONS = [
  // An order may have two transactions under way: what opens its task, and what brings its commitments.
  "ALTER TABLE attempts ADD COLUMN purpose TEXT NOT NULL DEFAULT 'open'",
];

/**
 * The allocator's memory. An order stands here before it is answered, its seats and its signed
 * transaction before they are sent: a restart neither loses an order nor opens it twice.
 */
export class OrderStore {
  readonly #database: DatabaseSync;

  /**
   * Opens or creates the database at `path`, for this process alone.
   * @throws AllocatorError `store-in-use`, `store-unusable`
   */
  constructor(path: string, identity: StoreIdentity) {
    this.#database = openDatabase(path);
    try {
      this.#database.exec(SCHEMA);
      migrate(this.#database);
      claimIdentity(this.#database, identity);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  add(order: Omit<Order, "state" | "seats">, now: number): void {
    this.#run(
      `INSERT INTO orders (task, request, signature, state, memory_bytes, until, changed_at)
       VALUES (?, ?, ?, 'queued', ?, ?, ?)`,
      ...[order.taskId, requestText(order.request), order.signature],
      ...[order.memoryBytes, order.until, now],
    );
  }

  order(taskId: Hash): Order | undefined {
    const row = this.#database.prepare("SELECT * FROM orders WHERE task = ?").get(taskId);
    return row && parseOrder(row);
  }

  /** Oldest change first. */
  ordersIn(state: Order["state"]): Order[] {
    const rows = "SELECT * FROM orders WHERE state = ? ORDER BY changed_at, task";
    return this.#database.prepare(rows).all(state).map(parseOrder);
  }

  /** Orders that are not answered for good. */
  countOpen(): number {
    const sql = "SELECT count(*) AS n FROM orders WHERE state IN ('queued', 'matched')";
    return Number(this.#database.prepare(sql).get()?.["n"]);
  }

  /** Seats given since this second, by provider. */
  given(since: number): Map<number, number> {
    const sql = "SELECT * FROM orders WHERE state IN ('matched', 'opened') AND changed_at >= ?";
    const counts = new Map<number, number>();
    for (const { seats } of this.#database.prepare(sql).all(since).map(parseOrder)) {
      for (const { offer } of seats)
        counts.set(offer.provider, (counts.get(offer.provider) ?? 0) + 1);
    }
    return counts;
  }

  /** Seats are found and their transaction is signed: both are on disk before this returns. */
  matched(taskId: Hash, seats: readonly SignedTaskOffer[], attempt: Attempt, now: number): void {
    this.#together(() => {
      this.#run(
        "UPDATE orders SET state = 'matched', seats = ?, reason = NULL, changed_at = ? WHERE task = ?",
        ...[seatsText(seats), now, taskId],
      );
      this.#addAttempt(attempt);
    });
  }

  /** Another transaction of an order, or a replacement with a higher fee. */
  addAttempt(attempt: Attempt): void {
    this.#together(() => this.#addAttempt(attempt));
  }

  /** Signed forms of one of an order's transactions, oldest first. */
  attempts(taskId: Hash, purpose: Purpose): Attempt[] {
    const sql =
      "SELECT * FROM attempts WHERE task = ? AND purpose = ? ORDER BY length(max_fee), max_fee";
    return this.#database.prepare(sql).all(taskId, purpose).map(parseAttempt);
  }

  /** Transactions with signed bytes that may still be included, or be rolled back. */
  inFlight(): Pick<Attempt, "taskId" | "purpose">[] {
    const sql = "SELECT * FROM attempts GROUP BY task, purpose ORDER BY nonce";
    const rows = this.#database.prepare(sql).all().map(parseAttempt);
    return rows.map(({ taskId, purpose }) => ({ taskId, purpose }));
  }

  /** One above the highest nonce that any signed bytes hold; 0 if none does. */
  nextNonce(): number {
    const row = this.#database.prepare("SELECT max(nonce) AS n FROM attempts").get();
    return row?.["n"] === null || row?.["n"] === undefined ? 0 : Number(row["n"]) + 1;
  }

  /** Forgets the signed bytes: their nonce is used for good. */
  landed(taskId: Hash, purpose: Purpose): void {
    this.#run("DELETE FROM attempts WHERE task = ? AND purpose = ?", taskId, purpose);
  }

  opened(taskId: Hash, transaction: Hash | undefined, now: number): void {
    this.#run(
      "UPDATE orders SET state = 'opened', reason = NULL, hash = ?, changed_at = ? WHERE task = ?",
      ...[transaction ?? null, now, taskId],
    );
  }

  /** Back in the queue; the reason tells why it is still there. */
  queued(taskId: Hash, reason: string, now: number): void {
    this.#run(
      `UPDATE orders SET state = 'queued', seats = '[]', hash = NULL, reason = ?, changed_at = ?
       WHERE task = ?`,
      ...[reason, now, taskId],
    );
  }

  refused(taskId: Hash, reason: string, now: number): void {
    this.#run(
      "UPDATE orders SET state = 'refused', reason = ?, changed_at = ? WHERE task = ?",
      ...[reason, now, taskId],
    );
  }

  /** Forgets what ended before this second. */
  forget(before: number): void {
    this.#run(
      `DELETE FROM orders WHERE state IN ('opened', 'refused') AND changed_at < ?
       AND task NOT IN (SELECT task FROM attempts)`,
      before,
    );
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #addAttempt(a: Attempt): void {
    this.#run(
      `INSERT INTO attempts (hash, task, purpose, nonce, raw, gas, max_fee, max_priority_fee, block)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[a.hash, a.taskId, a.purpose, a.nonce, a.raw, String(a.gas)],
      ...[String(a.maxFeePerGas), String(a.maxPriorityFeePerGas), a.block],
    );
  }

  #together(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    try {
      this.#database.prepare(sql).run(...values);
    } catch (cause) {
      throw unusable(cause);
    }
  }
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
      throw new AllocatorError("store-in-use", `Another process has ${path} open.`, {
        remedy: "Stop the other allocator: two on one key would use the same nonces.",
        cause,
      });
    }
    throw unusable(cause);
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.exec(
      `BEGIN IMMEDIATE; ${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}; COMMIT`,
    );
  }
}

function claimIdentity(database: DatabaseSync, identity: StoreIdentity): void {
  const read = database.prepare("SELECT value FROM identity WHERE name = ?");
  const write = database.prepare("INSERT INTO identity (name, value) VALUES (?, ?)");
  for (const [name, value] of Object.entries(identity)) {
    const expected = String(value).toLowerCase();
    const found = read.get(name)?.["value"];
    if (found === undefined) write.run(name, expected);
    else if (found !== expected) {
      throw new AllocatorError(
        "store-unusable",
        `The record was made for ${name} ${String(found)}, not ${expected}.`,
        { remedy: "Give each chain, market and allocator key its own folder." },
      );
    }
  }
}

function unusable(cause: unknown): AllocatorError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AllocatorError("store-unusable", `The record of orders failed: ${detail}`, {
    remedy: "Check the disk's space and health; nothing is sent that is not written down.",
    cause,
  });
}
