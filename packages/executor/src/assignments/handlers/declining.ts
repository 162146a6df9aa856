import { dropUnsigned, progressOf, taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";

export const declining: Handler = async (context) => {
  const overview = await context.overview();
  const { phase, policyGone, seat, now } = overview;
  if (seat.status === "declined") return move("declined");
  const end = taskEnd(context, overview);
  if (end) return end;
  const progress = progressOf(context, "decline");
  if (progress.kind === "pending" && progress.signed) return wait(now);
  // The round filled, or the grace is over: the seat is kept and served. To leave a task that nobody can prove costs nothing.
  if (progress.kind !== "pending" || phase.name !== "open" || policyGone) {
    return move("seated", { reason: "decline-refused", also: dropUnsigned(progress) });
  }
  return wait(now);
};
