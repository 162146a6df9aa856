/** Schema by version, as the journal's: entries are only appended. */
export const RECORD_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  -- Every "no", newest last; the oldest are dropped beyond a number.
  CREATE TABLE refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX refusals_by_task ON refusals (task);

  -- Own transactions that the chain included, whether they succeeded or not: their gas was paid.
  CREATE TABLE gas (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    task TEXT,
    round INTEGER,
    purpose TEXT NOT NULL,
    block INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  -- What a seat's runs took on this machine.
  CREATE TABLE usage (
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    run_millis INTEGER NOT NULL,
    cpu_millis INTEGER NOT NULL,
    energy_millijoules INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (task, round)
  ) STRICT, WITHOUT ROWID;
  `,
];
