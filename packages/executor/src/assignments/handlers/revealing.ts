import { dropUnsigned, ownAct, progressOf, queueAgain, taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";

export const revealing: Handler = async (context) => {
  const { calls, identity, journal, key } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  if (seat.status === "revealed") return move("revealed");
  if (seat.status !== "committed") return move("committing", { reason: "reorg" });
  const progress = progressOf(context, "reveal");
  if (phase.name === "executing" || phase.name === "open" || phase.name === "absent") {
    return move("committed", { reason: "reorg", also: dropUnsigned(progress) });
  }
  if (phase.name !== "revealing") {
    if (progress.kind === "pending" && progress.signed) return wait(now);
    return move("settling", { reason: "reveal-missed", also: dropUnsigned(progress) });
  }
  if (progress.kind === "pending" || progress.kind === "done") return wait(now);
  const standing = journal.commitment(key);
  if (!standing) return move("committing");
  const reveal = calls.reveal(key, identity.provider, standing.tag, context.salt());
  return queueAgain(context, ownAct(context, overview, reveal));
};
