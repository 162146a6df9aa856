import { taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { relayReveal } from "../relay-steps.ts";

/** Waits until reveals are open in a block that will stay. */
export const committed: Handler = async (context) => {
  const { assignment, journal, key, request } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  if (seat.status === "revealed") return move("revealing");
  if (seat.status !== "committed") return move("committing", { reason: "reorg" });
  if (phase.name === "executing") return wait(phase.closesAt + 1);
  if (phase.name === "absent" || phase.name === "open") return wait(now);
  if (phase.name !== "revealing") return move("settling", { reason: "reveal-missed" });
  if (!(await context.confirmedReveal(assignment, request))) return wait(now);
  const standing = journal.commitment(key);
  if (!standing) return move("committing");
  return (await relayReveal(context, overview, standing)) ?? move("revealing");
};
