import { Database, type DatabaseError, recordWrite } from "@deco-network/database";
import type { Hash } from "viem";

import type { ActObserver } from "../acts.ts";
import { AllocatorError } from "../errors.ts";
import { applyTransition } from "./apply-transition.ts";
import { type Attempt, type Order, type Purpose, parseAttempt, parseOrder } from "./orders.ts";
import type { Transition } from "./transition.ts";

/** Whose record this is; one made for another is refused. */
export interface StoreIdentity {
  readonly chainId: number;
  readonly market: string;
  readonly allocator: string;
}

/** Schema by version; see `DatabaseOptions`. The first takes up records that had no version yet. */
const MIGRATIONS = [
  `
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
  -- An order may have two transactions under way: what opens its task, and what brings its commitments.
  ALTER TABLE attempts ADD COLUMN purpose TEXT NOT NULL DEFAULT 'open';
  `,
  `
  -- All that a seat takes, where only memory was kept. Of orders from before, the rest counts as nothing.
  ALTER TABLE orders ADD COLUMN need TEXT NOT NULL
    DEFAULT '{"cpuMillis":0,"memoryBytes":0,"diskBytes":0,"accelerators":[]}';
  UPDATE orders SET need = json_set(need, '$.memoryBytes', memory_bytes);
  ALTER TABLE orders DROP COLUMN memory_bytes;
  ALTER TABLE orders ADD COLUMN engine TEXT;
  -- What is behind the reason, for a person.
  ALTER TABLE orders ADD COLUMN detail TEXT;
  `,
];

/**
 * The allocator's memory. An order stands here before it is answered, its seats and its signed
 * transaction before they are sent: a restart neither loses an order nor opens it twice.
 */
export class OrderStore {
  readonly #database: Database;
  readonly #observer: ActObserver;

  /**
   * Opens or creates the database at `path`, for this process alone.
   * @throws AllocatorError `store-in-use`, `store-unusable`
   */
  constructor(path: string, identity: StoreIdentity, observer: ActObserver = {}) {
    this.#observer = observer;
    const { chainId, market, allocator } = identity;
    this.#database = new Database({
      ...{ path, migrations: MIGRATIONS, identity: { chainId, market, allocator } },
      toError: storeError,
    });
  }

  /**
   * The only write. All transitions take effect together, on disk, before this returns.
   * @throws AllocatorError `store-unusable`; nothing is written then
   */
  record(...transitions: readonly Transition[]): void {
    const act = { kind: "write", transitions } as const;
    recordWrite(this.#database, this.#observer, act, applyTransition);
  }

  order(taskId: Hash): Order | undefined {
    const row = this.#database.get("SELECT * FROM orders WHERE task = ?", taskId);
    return row && parseOrder(row);
  }

  /** Oldest change first. */
  ordersIn(state: Order["state"]): Order[] {
    const rows = "SELECT * FROM orders WHERE state = ? ORDER BY changed_at, task";
    return this.#database.all(rows, state).map(parseOrder);
  }

  /** Orders that are not answered for good. */
  countOpen(): number {
    const sql = "SELECT count(*) AS n FROM orders WHERE state IN ('queued', 'matched')";
    return Number(this.#database.get(sql)?.["n"]);
  }

  /** Seats given since this second, by provider. */
  given(since: number): Map<number, number> {
    const sql = "SELECT * FROM orders WHERE state IN ('matched', 'opened') AND changed_at >= ?";
    const counts = new Map<number, number>();
    for (const { seats } of this.#database.all(sql, since).map(parseOrder)) {
      for (const { offer } of seats)
        counts.set(offer.provider, (counts.get(offer.provider) ?? 0) + 1);
    }
    return counts;
  }

  /** Signed forms of one of an order's transactions, oldest first. */
  attempts(taskId: Hash, purpose: Purpose): Attempt[] {
    const sql =
      "SELECT * FROM attempts WHERE task = ? AND purpose = ? ORDER BY length(max_fee), max_fee";
    return this.#database.all(sql, taskId, purpose).map(parseAttempt);
  }

  /** Transactions with signed bytes that may still be included, or be rolled back. */
  inFlight(): Pick<Attempt, "taskId" | "purpose">[] {
    const sql = "SELECT * FROM attempts GROUP BY task, purpose ORDER BY nonce";
    const rows = this.#database.all(sql).map(parseAttempt);
    return rows.map(({ taskId, purpose }) => ({ taskId, purpose }));
  }

  /** One above the highest nonce that any signed bytes hold; 0 if none does. */
  nextNonce(): number {
    const row = this.#database.get("SELECT max(nonce) AS n FROM attempts");
    return row?.["n"] === null || row?.["n"] === undefined ? 0 : Number(row["n"]) + 1;
  }

  /** Idempotent. */
  close(): void {
    this.#database.close();
  }
}

/** What is wrong with the database, in an allocator's words. */
function storeError({ code, message, remedy, cause }: DatabaseError): AllocatorError {
  if (code === "database-in-use") {
    return new AllocatorError("store-in-use", message, {
      remedy: "Stop the other allocator: two on one key would use the same nonces.",
      cause,
    });
  }
  return new AllocatorError("store-unusable", `The record of orders cannot be used. ${message}`, {
    ...{ remedy, cause },
  });
}
