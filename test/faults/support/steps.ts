import type { Act } from "@deco-network/executor";

/** Whether the work went on: an assignment moved, or a transaction reached the chain. */
export function isStep(act: Act): boolean {
  if (act.kind !== "write") return false;
  return act.transitions.some(
    ({ kind }) => kind === "assignment-moved" || kind === "transaction-included",
  );
}
