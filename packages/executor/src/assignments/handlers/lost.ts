import { type Handler, move } from "../context.ts";

export const lost: Handler = async ({ assignment, key, runner }) => {
  await runner.release(key);
  return move("released", assignment.reason ? { reason: assignment.reason } : {});
};
