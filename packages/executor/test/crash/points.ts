import type { Point } from "../../../../test/support/crash/point.ts";
import type { Act, Transition } from "../../src/index.ts";

/** What a write of these transitions, or another act, is called. */
export function nameOfAct(act: Act): string {
  if (act.kind === "broadcast") return `broadcast ${act.transaction.purpose}`;
  if (act.kind === "ballot") return act.shown ? "show tag and salt" : "give commitment";
  const purposes = new Map<number, string>();
  const purposeOf = (id: number) => {
    const known = purposes.get(id) ?? act.journal.transaction(id)?.purpose ?? "unknown";
    purposes.set(id, known);
    return known;
  };
  return act.transitions.map((transition) => nameOfTransition(transition, purposeOf)).join(" + ");
}

function nameOfTransition(t: Transition, purposeOf: (id: number) => string): string {
  switch (t.kind) {
    case "assignment-moved":
      return `${t.from} > ${t.to}`;
    case "transaction-queued":
      return `${t.kind} ${t.purpose}`;
    case "transaction-signed":
    case "transaction-included":
    case "transaction-rolled-back":
    case "transaction-finalized":
    case "transaction-refused":
    case "transaction-dropped":
    case "transaction-displaced":
      return `${t.kind} ${purposeOf(t.id)}`;
    default:
      return t.kind;
  }
}

/** Moves of the state table within a point's name. */
export function movesIn(point: Point): string[] {
  return [...point.matchAll(/\b[a-z]+ > [a-z]+\b/g)].map(([move]) => move);
}
