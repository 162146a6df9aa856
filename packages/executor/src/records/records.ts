import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";

import type { Hash } from "viem";
import * as z from "zod";

import { ExecutorError } from "../errors.ts";
import type { SeatKey, TransactionPurpose } from "../journal/transition.ts";
import type { Refusal, RefusalSource } from "../reasons/refusals.ts";
import type { RunUsage } from "../results/run-usage.ts";
import type { Logger } from "../runtime/logger.ts";
import { RECORD_MIGRATIONS } from "./migrations.ts";
import type { SeatBooks } from "./seat-books.ts";

/** An own transaction that was included. */
export interface GasRecord {
  /** Its id in the journal. */
  readonly id: number;
  readonly hash: Hash;
  readonly key?: SeatKey;
  readonly purpose: TransactionPurpose;
  readonly block: number;
}

export interface UsageRecord extends Omit<RunUsage, "peakMemoryBytes" | "fuelUsed"> {
  readonly key: SeatKey;
  /** Local clock, milliseconds, of the first of them. */
  readonly at: number;
}

/** A remembered "no"; of an older version its code may be unknown. */
export interface RefusalRecord extends Omit<Refusal, "code"> {
  readonly code: string;
  /** Local clock, milliseconds. */
  readonly at: number;
}

export interface RecordsOptions {
  /** "No"s remembered; the oldest go first. */
  readonly maxRefusals?: number;
  readonly logger: Pick<Logger, "error">;
}

export const RECORDS_FILE = "records.sqlite";

const MAX_REFUSALS = 50_000;
/** Rows beyond the number after which the oldest are dropped, so that not every write does. */
const SLACK = 500;
const MAX_DETAIL = 500;

/**
 * The operator's records: why tasks were not taken, what seats and transactions cost, whether intake is off. Nothing here protects a
 * stake: it is apart from the journal, written without waiting for the disk, readable by other processes while the executor runs, and
 * a failure to write is logged, not thrown.
 */
export class Records implements SeatBooks {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #maxRefusals: number;
  readonly #logger: Pick<Logger, "error"> | undefined;
  #sinceTrimmed = SLACK;

  private constructor(database: DatabaseSync, options?: RecordsOptions) {
    this.#database = database;
    this.#maxRefusals = options?.maxRefusals ?? MAX_REFUSALS;
    this.#logger = options?.logger;
  }

  /**
   * Opens or creates the records for writing.
   * @throws ExecutorError `records-unusable`
   */
  static open(path: string, options: RecordsOptions): Records {
    try {
      const database = new DatabaseSync(path, { timeout: 5_000 });
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      const version = versionOf(database);
      for (let next = version; next < RECORD_MIGRATIONS.length; next++) {
        database.exec(
          `BEGIN IMMEDIATE; ${RECORD_MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}; COMMIT`,
        );
      }
      return new Records(database, options);
    } catch (cause) {
      throw unusable(path, cause);
    }
  }

  /**
   * Opens the records to read them, also while an executor runs; undefined when there are none yet.
   * @throws ExecutorError `records-unusable`
   */
  static openToRead(path: string): Records | undefined {
    if (!existsSync(path)) return undefined;
    try {
      const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
      if (versionOf(database) === RECORD_MIGRATIONS.length) return new Records(database);
      database.close();
    } catch (cause) {
      throw unusable(path, cause);
    }
    throw unusable(path, new RangeError("it is of another version"));
  }

  addRefusal({ task, round, source, code, detail }: Refusal): void {
    this.#write(() => {
      this.#prepare(
        "INSERT INTO refusals (task, round, source, code, detail, at) VALUES (?, ?, ?, ?, ?, ?)",
      ).run(task, round, source, code, detail?.slice(0, MAX_DETAIL) ?? null, Date.now());
      if (++this.#sinceTrimmed < SLACK) return;
      this.#sinceTrimmed = 0;
      this.#prepare("DELETE FROM refusals WHERE id <= (SELECT max(id) FROM refusals) - ?").run(
        this.#maxRefusals,
      );
    });
  }

  /** "No"s to a task, oldest first. */
  refusalsOf(task: Hash): RefusalRecord[] {
    return this.#prepare("SELECT * FROM refusals WHERE task = ? ORDER BY id")
      .all(task)
      .map((row) => refusalRow.parse(row));
  }

  ran(key: SeatKey, { runs, runMillis, cpuMillis, energyMillijoules }: RunUsage): void {
    this.#write(() => {
      // A run that was cut off by a crash is repeated: both were paid for.
      this.#prepare(
        `INSERT INTO usage (task, round, runs, run_millis, cpu_millis, energy_millijoules, at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET runs = runs + excluded.runs,
           run_millis = run_millis + excluded.run_millis,
           cpu_millis = cpu_millis + excluded.cpu_millis,
           energy_millijoules = energy_millijoules + excluded.energy_millijoules`,
      ).run(
        ...[key.task, key.round, runs, runMillis, cpuMillis],
        ...[energyMillijoules ?? null, Date.now()],
      );
    });
  }

  usage(): UsageRecord[] {
    return this.#prepare("SELECT * FROM usage")
      .all()
      .map((row) => usageRow.parse(row));
  }

  /** Included, in this block; told again after a reorganisation. */
  addGas({ id, hash, key, purpose, block }: GasRecord): void {
    this.#write(() => {
      this.#prepare(
        `INSERT OR REPLACE INTO gas (id, hash, task, round, purpose, block, at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, hash, key?.task ?? null, key?.round ?? null, purpose, block, Date.now());
    });
  }

  /** Its block left the chain. */
  dropGas(id: number): void {
    this.#write(() => this.#prepare("DELETE FROM gas WHERE id = ?").run(id));
  }

  gas(): GasRecord[] {
    return this.#prepare("SELECT * FROM gas ORDER BY id")
      .all()
      .map((row) => gasRow.parse(row));
  }

  /** Whether the operator turned intake off, and not on again. */
  get intakeOff(): boolean {
    return this.#prepare("SELECT 1 FROM settings WHERE name = 'intake-off'").get() !== undefined;
  }

  set intakeOff(off: boolean) {
    const sql = off
      ? "INSERT OR REPLACE INTO settings (name, value) VALUES ('intake-off', '1')"
      : "DELETE FROM settings WHERE name = 'intake-off'";
    this.#write(() => this.#prepare(sql).run());
  }

  /** Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #write(work: () => unknown): void {
    try {
      work();
    } catch (err) {
      this.#logger?.error({ code: "records-unwritable", err }, "The records miss something.");
    }
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

const hash = z.custom<Hash>((value) => typeof value === "string" && /^0x[0-9a-f]*$/i.test(value));
const SOURCES = ["market", "offer", "run"] as const satisfies readonly RefusalSource[];

const refusalRow = z
  .object({
    task: hash,
    round: z.int(),
    source: z.enum(SOURCES),
    code: z.string(),
    detail: z.string().nullable(),
    at: z.int(),
  })
  .transform(
    ({ detail, ...row }): RefusalRecord => ({ ...row, ...(detail !== null && { detail }) }),
  );

const gasRow = z
  .object({
    id: z.int(),
    hash,
    task: hash.nullable(),
    round: z.int().nullable(),
    purpose: z.custom<TransactionPurpose>((value) => typeof value === "string"),
    block: z.int(),
  })
  .transform(
    ({ task, round, ...row }): GasRecord => ({
      ...row,
      ...(task !== null && round !== null && { key: { task, round } }),
    }),
  );

const usageRow = z
  .object({
    task: hash,
    round: z.int(),
    runs: z.int(),
    run_millis: z.int(),
    cpu_millis: z.int(),
    energy_millijoules: z.int().nullable(),
    at: z.int(),
  })
  .transform(
    (row): UsageRecord => ({
      key: { task: row.task, round: row.round },
      at: row.at,
      ...{ runs: row.runs, runMillis: row.run_millis, cpuMillis: row.cpu_millis },
      ...(row.energy_millijoules !== null && { energyMillijoules: row.energy_millijoules }),
    }),
  );

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function unusable(path: string, cause: unknown): ExecutorError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ExecutorError("records-unusable", `${path} cannot be used: ${detail}`, {
    remedy: "Move it away: only reasons and costs of the past are lost, no stake is at risk.",
    cause,
  });
}
