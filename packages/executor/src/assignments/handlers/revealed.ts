import { taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";

/** Waits until every committed seat has revealed, or may not any more. */
export const revealed: Handler = async (context) => {
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  if (seat.status === "committed") return move("revealing", { reason: "reorg" });
  if (seat.status !== "revealed") return move("committing", { reason: "reorg" });
  if (phase.name === "absent") return wait(now);
  if (phase.name === "revealing" && !phase.complete) return wait(phase.closesAt + 1);
  return move("settling");
};
