import { type Handler, move, wait } from "../context.ts";

/**
 * Keeps the result for the retention time. Asks the chain nothing, since there may be thousands,
 * unless it left more blocks than were thought to be final.
 */
export const published: Handler = async (context) => {
  const { assignment, head, memory, results, signal } = context;
  if (memory.deepRollback) {
    const { phase } = await context.overview();
    if (phase.name !== "settled") return move("settling", { reason: "reorg" });
    delete memory.deepRollback;
  }
  const { result, held, retainUntil = 0 } = assignment.facts;
  if (head().timestamp < retainUntil) return wait(retainUntil);
  for (const kept of [result, held]) if (kept) await results.unpin(kept, signal);
  return move("released", { reason: "retention-over" });
};
