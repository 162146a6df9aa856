import { type Handler, move, wait } from "../context.ts";

/** Keeps the result for the retention time. Asks the chain nothing: there may be thousands. */
export const published: Handler = async ({ assignment, head, results, signal }) => {
  const { result, held, retainUntil = 0 } = assignment.facts;
  if (head().timestamp < retainUntil) return wait(retainUntil);
  for (const kept of [result, held]) if (kept) await results.unpin(kept, signal);
  return move("released", { reason: "retention-over" });
};
