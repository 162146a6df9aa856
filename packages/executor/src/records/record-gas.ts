import type { ActObserver } from "../acts.ts";
import type { Journal } from "../journal/journal.ts";
import type { Records } from "./records.ts";

type ReadsTransactions = Pick<Journal, "transaction" | "transactionsIn">;

/** Copies into the records which transactions the chain included, as the journal learns it. */
export function recordGas(records: Records, journal: () => ReadsTransactions): ActObserver {
  return {
    after(act) {
      if (act.kind !== "write") return;
      for (const transition of act.transitions) {
        if (transition.kind === "transaction-included") copy(records, journal(), transition.id);
        if (transition.kind === "transaction-rolled-back") records.dropGas(transition.id);
      }
    },
  };
}

/** What a crash kept out of the records; the journal forgets a transaction days after its task. */
export function catchUpGas(records: Records, journal: ReadsTransactions): void {
  for (const status of ["included", "final"] as const) {
    for (const { id } of journal.transactionsIn(status)) copy(records, journal, id);
  }
}

function copy(records: Records, journal: ReadsTransactions, id: number): void {
  const { hash, block, key, purpose } = journal.transaction(id) ?? {};
  if (hash === undefined || block === undefined || purpose === undefined) return;
  records.addGas({ id, hash, block, purpose, ...(key && { key }) });
}
