import type { DatabaseSync } from "node:sqlite";
import type { CidString } from "../storage.ts";

/**
 * What a daemon elsewhere keeps of our pins.
 *
 * - `pushing`: noted before it is sent, so that a pin found there after a crash is known as ours
 * - `kept`: it has it, pinned for us
 * - `foreign`: it was pinned there before; never unpinned by us
 */
export type MirrorState = "pushing" | "kept" | "foreign";

/** Notes on one daemon. The work to do follows from them and the pins; there is no queue to lose. */
export interface MirrorRecord {
  /** Pinned here, not merely staged, and not known to be kept there. */
  missing(): CidString[];
  /** Noted, and not pinned here any more. */
  obsolete(): CidString[];
  /** Known to be kept there. */
  kept(): CidString[];
  state(root: CidString): MirrorState | undefined;
  note(root: CidString, state: MirrorState): void;
  forget(root: CidString): void;
}

export const MIRROR_SCHEMA = `
  CREATE TABLE IF NOT EXISTS mirrored (
    daemon TEXT NOT NULL, root TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (daemon, root)
  ) STRICT, WITHOUT ROWID;
`;

/** @param daemon its address */
export function mirrorRecord(database: DatabaseSync, daemon: string): MirrorRecord {
  const roots = (sql: string) => {
    const statement = database.prepare(sql);
    return () => statement.all(daemon).map((row) => String(row.root));
  };
  const selectState = database.prepare("SELECT state FROM mirrored WHERE daemon = ? AND root = ?");
  const insert = database.prepare("INSERT OR REPLACE INTO mirrored VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM mirrored WHERE daemon = ? AND root = ?");

  return {
    missing: roots(`
      SELECT root FROM pinned
      WHERE root NOT IN (SELECT root FROM mirrored WHERE daemon = ? AND state <> 'pushing')
        AND root NOT IN (SELECT root FROM staged)
      ORDER BY root
    `),
    obsolete: roots(`
      SELECT root FROM mirrored WHERE daemon = ? AND root NOT IN (SELECT root FROM pinned)
    `),
    kept: roots("SELECT root FROM mirrored WHERE daemon = ? AND state <> 'pushing'"),
    state(root) {
      const state = selectState.get(daemon, root)?.state;
      return state === undefined ? undefined : (String(state) as MirrorState);
    },
    note: (root, state) => void insert.run(daemon, root, state),
    forget: (root) => void remove.run(daemon, root),
  };
}
