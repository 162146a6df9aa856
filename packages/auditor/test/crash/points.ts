import type { Act } from "../../src/index.ts";
import type { Transition } from "../../src/journal/transition.ts";

/** What a write of these transitions, or another act, is called. */
export function nameOfAct(act: Act): string {
  if (act.kind === "broadcast") return `broadcast ${act.call}`;
  return [...new Set(act.transitions.map(({ kind }) => kind))].join(" + ");
}

/** Everything that an auditor writes or sends, each of which has to be met; a new transition is one more here. */
const WRITES: Readonly<Record<Transition["kind"], true>> = {
  followed: true,
  "task-chosen": true,
  "task-judged": true,
  "appeal-planned": true,
  "appeal-opened": true,
  "appeal-missed": true,
  "panel-told": true,
  "appeal-resolved": true,
};
const SENT = ["approve", "appeal", "decide", "escalatePanel", "finalize"];
/**
 * Sent, and met by no scenario: the draw of a task's own audit is due once in a while by chance, or when its seed has left the chain's
 * memory, after 8,191 blocks. Whoever sends it twice is refused; nothing of it is remembered.
 */
export const EXEMPT: readonly string[] = ["broadcast audit"];

export const ACTS: readonly string[] = [
  ...Object.keys(WRITES),
  ...SENT.map((call) => `broadcast ${call}`),
];
