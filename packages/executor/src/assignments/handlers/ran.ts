import { commitmentOf, tagOf, votePrefix } from "@deco-network/sdk";

import { resultOf } from "../../results/result-of.ts";
import { dropUnsigned, foreignVote, hasVoted, progressOf, taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { isProven, isUnseated, policyEnd, proveResult, proveUnseated } from "../prove-steps.ts";
import { FOUND_ON_CHAIN } from "../states.ts";

/** Makes the commitment, once and for ever: from here on it may leave, by whatever way. */
export const ran: Handler = async (context) => {
  const { assignment, identity, journal, key, vote } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const unseated = isUnseated(context, overview);
  // What was signed is refused, or came before the policy went and settles the task.
  const gone = policyEnd(overview, dropUnsigned(progressOf(context, "settle")));
  if (gone && (unseated || seat.status === "taken")) return gone;
  if (unseated) return await proveUnseated(context, overview);
  if (seat.status === "none") return move("claiming", { reason: "reorg" });
  if (phase.name === "absent" || phase.name === "open") return wait(now);
  if (seat.status === "abstained") return move("abstaining", { reason: FOUND_ON_CHAIN });
  if (phase.name !== "executing" && !hasVoted(seat)) {
    return move("settling", { reason: "commit-missed" });
  }

  await context.runner.shred(key);
  if (isProven(context)) return await proveResult(context, overview);
  const standing = journal.commitment(key);
  if (standing) return move("committing");
  const computed = assignment.facts.result;
  if (!computed) {
    if (hasVoted(seat)) return move("settling", { reason: "vote-unknown" });
    return move("abstaining", { reason: "other" });
  }
  const result = await vote(computed, { ...key, ...identity });
  const tag = tagOf(key.task, key.round, resultOf(result));
  const commitment = commitmentOf({
    taskId: key.task,
    round: key.round,
    provider: identity.provider,
    tag,
    salt: context.salt(),
  });
  // The chain has a vote that this journal does not: only the same one is taken up, never contradicted.
  const voted = seat.status === "revealed" ? tag : commitment;
  if (hasVoted(seat) && seat.value !== votePrefix(voted)) {
    return foreignVote(context, { ours: voted, theirs: seat.value });
  }
  return move("committing", {
    facts: { result },
    also: [{ kind: "commitment-made", key, commitment, tag }],
  });
};
