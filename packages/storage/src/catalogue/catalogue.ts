import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { storageErrorFromDisk } from "../disk/disk-errors.ts";
import { StorageError } from "../errors.ts";
import type { CidString } from "../storage.ts";
import { MIRROR_SCHEMA, type MirrorRecord, mirrorRecord } from "./mirror-record.ts";

/**
 * What the storage knows beside its blocks: pinned roots, staged roots, the peer's key. Its file
 * also is the lock that lets one process at a time have the folder.
 */
export interface Catalogue {
  pin(root: CidString): void;
  unpin(root: CidString): void;
  /** Pins a root for a holder; it stays pinned as long as anybody has it pinned. */
  hold(root: CidString, holder: string): void;
  /** Ends what holders whose name begins so have pinned. */
  releaseHolds(prefix: string): void;
  pins(): CidString[];
  stage(root: CidString): void;
  unstage(root: CidString): void;
  staged(): CidString[];
  /** In one step: staged no more, pinned from now on. */
  movePinFromStaged(root: CidString): void;
  isStaged(root: CidString): boolean;
  loadIdentity(): Uint8Array | undefined;
  saveIdentity(key: Uint8Array): void;
  /** Notes on a daemon that keeps our pins, by its address. */
  mirror(daemon: string): MirrorRecord;
  /** Syncs everything recorded before. */
  flush(): void;
  close(): void;
}

const SQLITE_BUSY = 5;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS pins (root TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS holds (
    holder TEXT NOT NULL, root TEXT NOT NULL, PRIMARY KEY (holder, root)
  ) STRICT, WITHOUT ROWID;
  CREATE VIEW IF NOT EXISTS pinned AS SELECT root FROM pins UNION SELECT root FROM holds;
  CREATE TABLE IF NOT EXISTS staged (root TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS identity (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL) STRICT;
  ${MIRROR_SCHEMA}
`;

/**
 * @param folder absent: in memory
 * @throws StorageError `folder-in-use`, `folder-unusable`
 */
export function openCatalogue(folder: string | undefined): Catalogue {
  const database = openDatabase(folder);
  const run = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: (string | Uint8Array)[]) => void statement.run(...values);
  };
  const roots = (sql: string) => {
    const statement = database.prepare(sql);
    return () => statement.all().map((row) => String(row.root));
  };
  const selectIdentity = database.prepare("SELECT key FROM identity");
  const selectStaged = database.prepare("SELECT 1 FROM staged WHERE root = ?");
  const pin = run("INSERT OR IGNORE INTO pins VALUES (?)");
  const hold = run("INSERT OR IGNORE INTO holds (root, holder) VALUES (?, ?)");
  const unstage = run("DELETE FROM staged WHERE root = ?");

  return {
    pin,
    unpin: run("DELETE FROM pins WHERE root = ?"),
    hold,
    releaseHolds: run("DELETE FROM holds WHERE instr(holder, ?) = 1"),
    pins: roots("SELECT root FROM pinned ORDER BY root"),
    stage: run("INSERT OR IGNORE INTO staged VALUES (?)"),
    unstage,
    staged: roots("SELECT root FROM staged ORDER BY root"),
    movePinFromStaged(root) {
      database.exec("BEGIN");
      try {
        pin(root);
        unstage(root);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw storageErrorFromDisk(error, "record a publication");
      }
    },
    isStaged: (root) => selectStaged.get(root) !== undefined,
    loadIdentity() {
      const key = selectIdentity.get()?.key;
      return key instanceof Uint8Array ? key : undefined;
    },
    saveIdentity: run("INSERT OR REPLACE INTO identity VALUES (1, ?)"),
    mirror: (daemon) => mirrorRecord(database, daemon),
    flush: () => database.exec("PRAGMA wal_checkpoint(FULL)"),
    close: () => database.close(),
  };
}

function openDatabase(folder: string | undefined): DatabaseSync {
  if (folder === undefined) {
    const database = new DatabaseSync(":memory:");
    database.exec(SCHEMA);
    return database;
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, "catalogue.sqlite"));
    // The lock is taken by the first write and kept until the process closes the file or dies.
    // Not synced at each commit: a root must not outlive, in a power cut, blocks that are not.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      BEGIN EXCLUSIVE;
    `);
    database.exec(SCHEMA);
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw new StorageError("folder-in-use", `Another process has ${folder} open`, {
        remedy: "Stop that process, or give this one its own storage folder.",
        cause: error,
      });
    }
    throw storageErrorFromDisk(error, `open the catalogue in ${folder}`);
  }
}

function isBusy(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "errcode" in error &&
    error.errcode === SQLITE_BUSY
  );
}
