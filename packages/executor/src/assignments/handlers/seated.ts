import { hasVoted, taskEnd } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { policyEnd } from "../prove-steps.ts";

/** Waits until the round is full; the execution clock starts then. */
export const seated: Handler = async (context) => {
  const { assignment, calls, gate, key, request } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  // The claim's block left the chain; the queue offers the claim again.
  if (seat.status === "none") return move("claiming", { reason: "reorg" });
  const gone = policyEnd(overview);
  if (gone) return gone;
  if (phase.name === "open") {
    // A judge may not go back.
    if (gate.reasons.includes("draining") && !context.panel) {
      return move("declining", { also: [calls.decline(key, request)] });
    }
    return wait(phase.closesAt + 1);
  }
  if (phase.name === "executing" && seat.status === "taken") {
    return move(assignment.facts.result ? "ran" : "running");
  }
  if (phase.name === "absent") return wait(now);
  // Committed before the journal knew it: what the vote was is known by running again.
  if (hasVoted(seat)) return move(assignment.facts.result ? "ran" : "running");
  return move("settling", { reason: phase.name === "unfilled" ? "unfilled" : "commit-missed" });
};
