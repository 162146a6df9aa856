/** Schema by version; see `DatabaseOptions` of the database package. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE assignments (
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    request TEXT NOT NULL,
    posted_block INTEGER NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (task, round)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX assignments_by_state ON assignments (state);

  -- Slashing protection: at most one commitment per seat, for ever.
  CREATE TABLE commitments (
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    commitment TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (task, round)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task TEXT,
    round INTEGER,
    purpose TEXT NOT NULL,
    target TEXT NOT NULL,
    data TEXT NOT NULL,
    status TEXT NOT NULL,
    nonce INTEGER,
    gas TEXT,
    hash TEXT,
    block INTEGER,
    block_hash TEXT,
    success INTEGER,
    gas_used TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX transactions_by_seat ON transactions (task, round, purpose);
  CREATE INDEX transactions_by_status ON transactions (status);
  -- A nonce serves one live transaction.
  CREATE UNIQUE INDEX transactions_by_nonce ON transactions (nonce) WHERE nonce IS NOT NULL;

  -- Signed forms of a transaction: the first and its replacements by fee.
  CREATE TABLE attempts (
    hash TEXT PRIMARY KEY,
    id INTEGER NOT NULL REFERENCES transactions (id) ON DELETE CASCADE,
    raw TEXT NOT NULL,
    max_fee TEXT NOT NULL,
    max_priority_fee TEXT NOT NULL,
    block INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempts_by_transaction ON attempts (id);

  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    parent TEXT NOT NULL,
    timestamp INTEGER NOT NULL
  ) STRICT;

  -- What happened to each assignment, for the operator's "why".
  CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    source TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX history_by_task ON history (task, round);
  `,
  `
  -- Offers signed for allocators: written before they are sent.
  CREATE TABLE offers (
    task TEXT PRIMARY KEY,
    round INTEGER NOT NULL,
    request TEXT NOT NULL,
    price TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expiry INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Seats that were claimed or held: kept, like commitments, when their assignment is forgotten.
  CREATE TABLE seats (
    task TEXT NOT NULL,
    round INTEGER NOT NULL,
    PRIMARY KEY (task, round)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO seats SELECT task, round FROM transactions WHERE purpose = 'claim';
  INSERT OR IGNORE INTO seats SELECT task, round FROM history WHERE state = 'seated';
  INSERT OR IGNORE INTO seats SELECT task, round FROM commitments;
  `,
  `
  -- Gas money of final transactions, by day (UTC) of the chain's clock: what the daily limit counts.
  CREATE TABLE spending (
    day INTEGER PRIMARY KEY,
    wei TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Every look for room asks which offers may still give a seat.
  CREATE INDEX offers_by_expiry ON offers (expiry);
  `,
];
