import type { Act } from "../../src/index.ts";
import type { Transition } from "../../src/store/transition.ts";

/** What a write of these transitions, or another act, is called. */
export function nameOfAct(act: Act): string {
  if (act.kind === "broadcast") return `broadcast ${act.attempt.purpose}`;
  return act.transitions.map(nameOf).join(" + ");
}

function nameOf(t: Transition): string {
  switch (t.kind) {
    case "attempt-signed":
      return `${t.kind} ${t.attempt.purpose}`;
    case "transaction-landed":
      return `${t.kind} ${t.purpose}`;
    default:
      return t.kind;
  }
}

/** Everything that an allocator writes or sends, each of which has to be met; a new transition is one more here. */
const WRITES: Readonly<Record<Transition["kind"], readonly string[]>> = {
  "order-taken": [""],
  "order-matched": [""],
  "order-opened": [""],
  "order-queued": [""],
  "order-refused": [""],
  "attempt-signed": [" open", " commit"],
  "transaction-landed": [" open", " commit"],
  "ended-forgotten": [""],
};

export const ACTS: readonly string[] = [
  ...Object.entries(WRITES).flatMap(([kind, kinds]) => kinds.map((more) => kind + more)),
  ...["broadcast open", "broadcast commit"],
];
