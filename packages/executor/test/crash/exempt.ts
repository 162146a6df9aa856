/**
 * Moves of the state table that no scenario makes, by the reason. `test/assignments/state-table.test.ts` shows that a
 * handler makes each of them, and that the journal takes no others.
 */
export const EXEMPT: Readonly<Record<string, readonly string[]>> = {
  // The block that proved the state left the chain: test/daemon/reorg.test.ts and the catalogue of chain faults.
  reorganised: [
    ...["seated > claiming", "running > claiming", "ran > claiming", "committing > claiming"],
    ...["abstaining > claiming", "committed > committing", "revealing > committing"],
    ...["revealing > committed", "revealed > committing", "revealed > revealing"],
    ...["settling > seated", "settling > committing", "settling > revealing"],
    ...["settling > abstaining", "settled > settling", "expired > settling"],
    ...["published > settling", "settling > claiming"],
    ...["declined > declining", "abstained > abstaining"],
  ],
  // The contract refused what was sent: it came too late, or something else was sent with this key.
  refused: ["claiming > eligible", "claiming > lost", "declining > seated"],
  // The task was ended by others while the seat had something to do: a single seat has no others.
  "ended by others": [
    ...["seated > settled", "running > settled", "committing > settled"],
    ...["revealing > settled", "revealed > settled", "declining > settled", "abstaining > settled"],
    ...["abstained > settled", "settled > released"],
    ...["seated > expired", "running > expired", "ran > expired", "committing > expired"],
    ...["committed > expired", "revealing > expired", "revealed > expired", "declining > expired"],
    ...["abstaining > expired", "abstained > expired"],
  ],
  // A deadline passed: the process was stopped for longer than a window is.
  missed: [
    ...["ran > settling", "committing > settling", "committed > settling"],
    ...["revealing > settling", "abstaining > settling"],
  ],
  // Work or terms that are found to be impossible late, or a journal that is older than the chain: restored.test.ts.
  restored: [
    ...["validating > seated", "eligible > seated", "seated > ran", "ran > abstaining"],
    ...["committing > ran", "validating > lost", "eligible > lost"],
    // Without a seat there is nothing to abstain from.
    "running > lost",
  ],
};
