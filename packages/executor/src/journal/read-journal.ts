import { DatabaseSync } from "node:sqlite";

import { ExecutorError } from "../errors.ts";
import type { Journal } from "./journal.ts";
import { parseAssignment, parseHistory, parseOffer, parseTransaction } from "./rows.ts";

/** The questions that an operator has while no executor runs. */
export type JournalReader = Pick<
  Journal,
  "assignmentsOf" | "history" | "latestTransaction" | "offer" | "close"
>;

/**
 * Opens a journal to read it while no executor has it open; nothing is changed.
 * @throws ExecutorError `journal-in-use` while one does; `journal-unusable`
 */
export function readJournal(path: string): JournalReader {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    database.prepare("SELECT 1 FROM assignments LIMIT 1").get();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    if (/locked|busy/i.test(detail)) {
      throw new ExecutorError("journal-in-use", `An executor has ${path} open.`, {
        remedy: "Ask it by its control API, or stop it first.",
        cause,
      });
    }
    throw new ExecutorError("journal-unusable", `${path} cannot be read: ${detail}`, {
      remedy: "Check the path; start the executor once to bring an old journal up to date.",
      cause,
    });
  }
  return {
    assignmentsOf: (task) =>
      database
        .prepare("SELECT * FROM assignments WHERE task = ? ORDER BY round")
        .all(task)
        .map(parseAssignment),
    history: (task) =>
      database
        .prepare("SELECT * FROM history WHERE task = ? ORDER BY id")
        .all(task)
        .map(parseHistory),
    latestTransaction(purpose, key) {
      const row = database
        .prepare(
          `SELECT * FROM transactions WHERE purpose = ? AND task IS ? AND round IS ?
           ORDER BY id DESC LIMIT 1`,
        )
        .get(purpose, key?.task ?? null, key?.round ?? null);
      return row && parseTransaction(row);
    },
    offer(task) {
      const row = database.prepare("SELECT * FROM offers WHERE task = ?").get(task);
      return row && parseOffer(row);
    },
    close: () => database.close(),
  };
}
