import { type Handler, move, wait } from "../context.ts";

export const declined: Handler = async (context) => {
  const { phase, seat, now } = await context.overview();
  await context.runner.release(context.key);
  if (phase.name === "settled" || phase.name === "ended") {
    if (!(await context.confirmedEnd(context.key.task))) return wait(now);
    return move("released", { reason: "declined" });
  }
  // Until the task is over a reorg may bring the seat back.
  if (seat.status !== "declined") return move("declining", { reason: "reorg" });
  return wait();
};
