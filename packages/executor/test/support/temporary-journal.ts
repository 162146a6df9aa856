import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ActObserver } from "../../src/acts.ts";
import { Journal, type JournalIdentity } from "../../src/journal/journal.ts";

export const IDENTITY: JournalIdentity = {
  chainId: 31_337,
  market: "0x00000000000000000000000000000000000000aa",
  operator: "0x00000000000000000000000000000000000000bb",
};

/** A journal in its own folder; `remove` closes it and takes the folder away. */
export function temporaryJournal(observer?: ActObserver) {
  const folder = mkdtempSync(join(tmpdir(), "deco-journal-"));
  const path = join(folder, "journal.sqlite");
  const journal = new Journal(path, IDENTITY, observer);
  return {
    path,
    journal,
    remove() {
      journal.close();
      rmSync(folder, { recursive: true });
    },
  };
}
