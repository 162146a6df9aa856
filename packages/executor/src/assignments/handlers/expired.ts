import { type Handler, move, wait } from "../context.ts";

/** The task ended without a result: its outputs stay private and are thrown away. */
export const expired: Handler = async (context) => {
  const { assignment, checkpoints, key, results, runner, signal } = context;
  const { phase, now } = await context.overview();
  if (phase.name !== "ended") return move("settling", { reason: "reorg" });
  if (!(await context.confirmedEnd(key.task))) return wait(now);
  await runner.release(key);
  await checkpoints.release(key);
  const { result, held } = assignment.facts;
  if (result) await results.discard(result, signal);
  if (held) await results.unpin(held, signal);
  return move("released", assignment.reason ? { reason: assignment.reason } : {});
};
