import { taskEnd } from "../common-steps.ts";
import { type Handler, move } from "../context.ts";

/** The lock stays bound until the task ends; help to end it. */
export const abstained: Handler = async (context) => {
  const overview = await context.overview();
  const end = taskEnd(context, overview);
  if (end) return end;
  if (overview.seat.status !== "abstained") return move("abstaining", { reason: "reorg" });
  await context.runner.release(context.key);
  return move("settling");
};
