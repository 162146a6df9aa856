import { type Handler, move, wait } from "../context.ts";

/** Keeps the result for the retention time. Asks the chain nothing: there may be thousands. */
export const published: Handler = async ({ assignment, head, results, signal }) => {
  const { result, retainUntil = 0 } = assignment.facts;
  if (head().timestamp < retainUntil) return wait(retainUntil);
  if (result) await results.unpin(result, signal);
  return move("released", { reason: "retention-over" });
};
