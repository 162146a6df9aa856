import { Database, type DatabaseError, recordWrite } from "@deco-network/database";
import type { Hash } from "viem";

import type { ActObserver } from "../acts.ts";
import type { AssignmentState } from "../assignments/states.ts";
import type { Protection } from "../backup/content.ts";
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
  parseSeat,
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
  readonly #database: Database;
  readonly #observer: ActObserver;

  /**
   * Opens or creates the database at `path`, for this process alone.
   * @throws ExecutorError `journal-in-use`, `journal-unusable`
   */
  constructor(path: string, identity: JournalIdentity, observer: ActObserver = {}) {
    this.#observer = observer;
    const { chainId, market, operator } = identity;
    this.#database = new Database({
      ...{ path, migrations: MIGRATIONS, identity: { chainId, market, operator } },
      toError: journalError,
    });
  }

  /**
   * The only write. All transitions take effect together, on disk, before this returns.
   * @returns the ids of the transactions queued, in order
   * @throws ExecutorError `transition-forbidden`, `second-commitment`, `journal-unusable`; nothing
   *   is written then
   */
  record(...transitions: readonly Transition[]): number[] {
    if (transitions.length === 0) return [];
    const act = { kind: "write", transitions, journal: this } as const;
    const queued = recordWrite(this.#database, this.#observer, act, applyTransition);
    return queued.filter((id) => id !== undefined);
  }

  assignment(key: SeatKey): Assignment | undefined {
    const sql = "SELECT * FROM assignments WHERE task = ? AND round = ?";
    return optional(this.#database.get(sql, key.task, key.round), parseAssignment);
  }

  /** All rounds of a task, oldest first. */
  assignmentsOf(task: Hash): Assignment[] {
    const sql = "SELECT * FROM assignments WHERE task = ? ORDER BY round";
    return this.#database.all(sql, task).map(parseAssignment);
  }

  assignmentsIn(states: readonly AssignmentState[]): Assignment[] {
    const marks = states.map(() => "?").join(",");
    const sql = `SELECT * FROM assignments WHERE state IN (${marks})`;
    return this.#database.all(sql, ...states).map(parseAssignment);
  }

  countIn(states: readonly AssignmentState[]): number {
    const marks = states.map(() => "?").join(",");
    const sql = `SELECT count(*) AS n FROM assignments WHERE state IN (${marks})`;
    return Number(this.#database.get(sql, ...states)?.["n"]);
  }

  history(task: Hash): HistoryEntry[] {
    const sql = "SELECT * FROM history WHERE task = ? ORDER BY id";
    return this.#database.all(sql, task).map(parseHistory);
  }

  commitment(key: SeatKey): Commitment | undefined {
    const sql = "SELECT * FROM commitments WHERE task = ? AND round = ?";
    return optional(this.#database.get(sql, key.task, key.round), parseCommitment);
  }

  /** Whether this round was ever claimed or held by what this journal knows. */
  hasSeat(key: SeatKey): boolean {
    const sql = "SELECT 1 FROM seats WHERE task = ? AND round = ?";
    return this.#database.get(sql, key.task, key.round) !== undefined;
  }

  /** Votes and seats of all time: what a backup keeps. */
  protection(): Protection {
    const commitments = "SELECT task, round, commitment, tag FROM commitments ORDER BY task, round";
    const seats = "SELECT task, round FROM seats ORDER BY task, round";
    return {
      commitments: this.#database
        .all(commitments)
        .map(parseCommitment)
        .map(({ key, commitment, tag }) => ({ ...key, commitment, tag })),
      seats: this.#database.all(seats).map(parseSeat),
    };
  }

  hasCommitments(): boolean {
    return this.#database.get("SELECT 1 FROM commitments LIMIT 1") !== undefined;
  }

  transaction(id: number): Transaction | undefined {
    const sql = "SELECT * FROM transactions WHERE id = ?";
    return optional(this.#database.get(sql, id), parseTransaction);
  }

  /** The latest transaction of this purpose for the assignment, or of the provider's own. */
  latestTransaction(
    purpose: TransactionPurpose,
    key: SeatKey | undefined,
  ): Transaction | undefined {
    const row = this.#database.get(
      `SELECT * FROM transactions WHERE purpose = ? AND task IS ? AND round IS ?
       ORDER BY id DESC LIMIT 1`,
      ...[purpose, key?.task ?? null, key?.round ?? null],
    );
    return optional(row, parseTransaction);
  }

  /** All of this purpose for the assignment, oldest first. */
  transactionsOf(purpose: TransactionPurpose, key: SeatKey): Transaction[] {
    const sql =
      "SELECT * FROM transactions WHERE purpose = ? AND task = ? AND round = ? ORDER BY id";
    return this.#database.all(sql, purpose, key.task, key.round).map(parseTransaction);
  }

  transactionsIn(status: TransactionStatus): Transaction[] {
    const sql = "SELECT * FROM transactions WHERE status = ? ORDER BY id";
    return this.#database.all(sql, status).map(parseTransaction);
  }

  /** Transactions that were included in a block above this number. */
  transactionsAbove(block: number): Transaction[] {
    const rows = this.#database.all(
      "SELECT * FROM transactions WHERE status IN ('included', 'final') AND block > ? ORDER BY id",
      block,
    );
    return rows.map(parseTransaction);
  }

  /** The transaction that holds a nonce and was included, as far as is known. */
  transactionWithNonce(nonce: number): Transaction | undefined {
    const sql = "SELECT * FROM transactions WHERE status IN ('included', 'final') AND nonce = ?";
    return optional(this.#database.get(sql, nonce), parseTransaction);
  }

  /** Signed forms of a transaction, oldest first. */
  attempts(id: number): Attempt[] {
    const sql = "SELECT * FROM attempts WHERE id = ? ORDER BY length(max_fee), max_fee";
    return this.#database.all(sql, id).map(parseAttempt);
  }

  /** One above the highest nonce that any journaled transaction holds; 0 if none does. */
  nextNonce(): number {
    // The index of nonces has those that are there.
    const sql = "SELECT max(nonce) AS n FROM transactions WHERE nonce IS NOT NULL";
    const row = this.#database.get(sql);
    const highest = row?.["n"];
    return highest === null || highest === undefined ? 0 : Number(highest) + 1;
  }

  /** Gas money that final transactions cost on a day (UTC) of the chain's clock, wei. */
  spentOn(day: number): bigint {
    const wei = this.#database.get("SELECT wei FROM spending WHERE day = ?", day)?.["wei"];
    return typeof wei === "string" ? BigInt(wei) : 0n;
  }

  /** The last offer that was signed for a task. */
  offer(task: Hash): OfferRow | undefined {
    const sql = "SELECT * FROM offers WHERE task = ?";
    return optional(this.#database.get(sql, task), parseOffer);
  }

  /** Offers that can still give a seat at this second, and have given none. */
  offersOpen(now: number): OfferRow[] {
    const rows = this.#database.all(
      `SELECT * FROM offers WHERE expiry >= ? AND NOT EXISTS (
         SELECT 1 FROM assignments
         WHERE assignments.task = offers.task AND assignments.round = offers.round
         AND assignments.state NOT IN ('discovered', 'validating', 'eligible', 'lost', 'released'))
       AND NOT EXISTS (
         SELECT 1 FROM history WHERE history.task = offers.task AND history.state = 'seated')`,
      now,
    );
    return rows.map(parseOffer);
  }

  /** The followed chain's recent blocks, oldest first. */
  blocks(): BlockRow[] {
    return this.#database.all("SELECT * FROM blocks ORDER BY number").map(parseBlock);
  }

  /** Idempotent. */
  close(): void {
    this.#database.close();
  }
}

function optional<T>(row: unknown, parse: (row: unknown) => T): T | undefined {
  return row === undefined ? undefined : parse(row);
}

/** What is wrong with the database, in an executor's words. */
function journalError({ code, message, remedy, cause }: DatabaseError): ExecutorError {
  if (code === "database-in-use") {
    return new ExecutorError("journal-in-use", message, {
      remedy: "Stop the other executor: two on one key would be slashed.",
      cause,
    });
  }
  return new ExecutorError("journal-unusable", `The journal cannot be used. ${message}`, {
    ...{ remedy, cause },
  });
}
