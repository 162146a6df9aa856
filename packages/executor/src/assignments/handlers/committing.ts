import { votePrefix } from "@deco-network/sdk";

import {
  dropUnsigned,
  foreignVote,
  ownAct,
  progressOf,
  queueAgain,
  taskEnd,
} from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { relayCommitment } from "../relay-steps.ts";

export const committing: Handler = async (context) => {
  const { calls, journal, key } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const standing = journal.commitment(key);
  if (!standing) return move("ran");
  if (seat.status === "committed" && seat.value !== votePrefix(standing.commitment)) {
    return foreignVote(context, { ours: standing.commitment, theirs: seat.value });
  }
  if (seat.status === "committed" || seat.status === "revealed") return move("committed");
  if (seat.status === "none") return move("claiming", { reason: "reorg" });

  const progress = progressOf(context, "commit");
  if (phase.name === "absent" || phase.name === "open") return wait(now);
  if (phase.name !== "executing") {
    if (progress.kind === "pending" && progress.signed) return wait(now);
    return move("settling", { reason: "commit-missed", also: dropUnsigned(progress) });
  }
  if (progress.kind === "pending" || progress.kind === "done") return wait(now);
  const relayed = await relayCommitment(context, overview, standing.commitment);
  if (relayed) return relayed;
  return queueAgain(context, ownAct(context, overview, calls.commit(key, standing.commitment)));
};
