import { abstainCodeOf } from "@deco-network/sdk";

import {
  dropUnsigned,
  hasVoted,
  ownAct,
  progressOf,
  queueAgain,
  taskEnd,
} from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { policyEnd } from "../prove-steps.ts";

export const abstaining: Handler = async (context) => {
  const { assignment, calls, key } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  if (seat.status === "abstained") return move("abstained");
  // Whoever has voted cannot abstain any more.
  if (hasVoted(seat)) return move("settling", { reason: "vote-unknown" });
  if (seat.status === "none") return move("claiming", { reason: "reorg" });
  const progress = progressOf(context, "abstain");
  const underway = progress.kind === "done" || (progress.kind === "pending" && progress.signed);
  // An abstention costs the decline fee, and leaving a task that nobody can prove costs nothing.
  const gone = underway ? undefined : policyEnd(overview, dropUnsigned(progress));
  if (gone) return gone;
  if (phase.name === "absent" || phase.name === "open") return wait(now);
  if (phase.name !== "executing") {
    if (progress.kind === "pending" && progress.signed) return wait(now);
    return move("settling", { reason: "commit-missed", also: dropUnsigned(progress) });
  }
  if (progress.kind === "pending" || progress.kind === "done") return wait(now);
  const reason = assignment.facts.abstainReason ?? abstainCodeOf("other");
  return queueAgain(context, ownAct(context, overview, calls.abstain(key, reason)));
};
