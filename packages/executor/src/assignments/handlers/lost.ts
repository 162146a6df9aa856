import { type Handler, move } from "../context.ts";

export const lost: Handler = async ({ assignment, checkpoints, key, results, runner, signal }) => {
  await runner.release(key);
  await checkpoints.release(key);
  // Computed before the chain forgot the task.
  const { result } = assignment.facts;
  if (result) await results.discard(result, signal);
  return move("released", { ...(assignment.reason && { reason: assignment.reason }) });
};
