import { absent, dropUnsigned, progressOf } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";

/** Refusals that a later block may lift. */
const RETRIABLE = ["NotDrawn", "SeedUnknown", "WrongStatus", "reverted"];

export const claiming: Handler = async (context) => {
  const { phase, policyGone, seat, now } = await context.overview();
  if (seat.status !== "none" && seat.status !== "declined") {
    // A later round's claim may have come first.
    return seat.round === context.key.round
      ? move("seated")
      : move("lost", { reason: "already-seated" });
  }
  const progress = progressOf(context, "claim");
  if (progress.kind === "done") {
    // The endpoint that answered may lag behind the one that had the receipt.
    if (phase.name === "settled" || phase.name === "ended") {
      return move("lost", { reason: `task-${phase.name}` });
    }
    return wait(now);
  }
  if (phase.name === "absent") {
    // A signed claim could still take the seat when the post comes back.
    return progress.kind === "pending" && progress.signed ? wait(now) : absent(context);
  }
  if (phase.name !== "open") {
    // A signed claim may still be included in a block that is not seen yet.
    if (progress.kind === "pending" && progress.signed) return wait(now);
    // Others took the seats; one may still be declined.
    if (phase.name === "executing") return move("eligible", { also: dropUnsigned(progress) });
    return move("lost", { reason: `task-${phase.name}`, also: dropUnsigned(progress) });
  }
  // A claim that is signed may still give the seat.
  if (policyGone && !(progress.kind === "pending" && progress.signed)) {
    return move("lost", { reason: "policy-removed", also: dropUnsigned(progress) });
  }
  if (progress.kind === "pending") return wait(now);
  if (progress.kind === "none") return move("eligible");
  if (!RETRIABLE.includes(progress.error)) {
    return move("lost", { reason: `claim-${progress.error}` });
  }
  const failed = context.transaction("claim");
  const head = context.head();
  const noticed = failed && context.memory.failures.get(failed.id);
  if (failed && noticed === undefined) context.memory.failures.set(failed.id, head.number);
  return noticed === undefined || noticed >= head.number ? wait(now) : move("eligible");
};
