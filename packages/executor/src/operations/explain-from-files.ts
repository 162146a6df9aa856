import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Hash } from "viem";

import { readJournal } from "../journal/read-journal.ts";
import { RECORDS_FILE, Records } from "../records/records.ts";
import { type Explanation, explainTask } from "./explain-task.ts";

/**
 * As a running executor's control API tells it, from what it left on disk.
 * @throws ExecutorError `journal-in-use` while an executor runs; `journal-unusable`, `records-unusable`
 */
export async function explainFromFiles(dataFolder: string, task: Hash): Promise<Explanation> {
  const path = join(dataFolder, "journal.sqlite");
  const journal = existsSync(path) ? readJournal(path) : undefined;
  const records = Records.openToRead(join(dataFolder, RECORDS_FILE));
  try {
    return explainTask(task, { journal: journal ?? NOTHING, records });
  } finally {
    journal?.close();
    records?.close();
  }
}

/** No executor has run here yet. */
const NOTHING = {
  assignmentsOf: () => [],
  history: () => [],
  latestTransaction: () => undefined,
  offer: () => undefined,
};
