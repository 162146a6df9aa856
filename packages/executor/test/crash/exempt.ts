/**
 * Moves of the state table that no scenario makes, by the reason. `test/assignments/state-table.test.ts` shows that
 * a handler makes each of them.
 */
export const EXEMPT: Readonly<Record<string, readonly string[]>> = {};
