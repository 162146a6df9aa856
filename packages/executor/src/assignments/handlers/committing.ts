import { votePrefix } from "@deco-network/sdk";

import { dropUnsigned, ownAct, progressOf, queueAgain, taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { relayCommitment } from "../relay-steps.ts";

export const committing: Handler = async (context) => {
  const { calls, gate, journal, key, logger } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const standing = journal.commitment(key);
  if (!standing) return move("ran");
  if (seat.status === "committed" && seat.value !== votePrefix(standing.commitment)) {
    gate.close("foreign-activity");
    logger.fatal(
      { code: "foreign-commitment", ours: standing.commitment, theirs: seat.value },
      "The chain holds a commitment of this key that this executor did not make.",
    );
    return move("settling", { reason: "foreign-commitment" });
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
