import { claimsOpenAt } from "@deco-network/sdk";

import {
  isListed,
  type NoReason,
  refusePrice,
  refuseStanding,
  refuseTerms,
} from "../../services/decide.ts";
import { drawOf } from "../../services/draw-of.ts";
import { absent, closedGate, promised, refuseKey, takenUp } from "../common-steps.ts";
import { type Handler, type HandlerContext, move, type Step, wait } from "../context.ts";
import { awaitsUnseated } from "../prove-steps.ts";

/** Says no as early as possible: what follows fetches and compiles. */
export const discovered: Handler = async (context) => {
  const { key, request, config, market, identity, journal } = context;
  // Terms that an offer was signed for were judged then.
  const refused = refuseTerms(request, config);
  if (refused && !journal.offer(key.task)) return leave(context, refused);
  const overview = await context.overview();
  const binding = promised(context, overview) ?? takenUp(context, overview);
  if (binding) return binding;
  if (refused) return leave(context, refused);
  const closed = closedGate(context);
  if (closed) return closed;

  const { phase, seat } = overview;
  if (phase.name === "absent") return absent(context);
  const unseated = awaitsUnseated(context, overview);
  if (!unseated && (phase.name !== "open" || phase.task.round !== key.round)) {
    return move("lost", { reason: `task-${phase.name}` });
  }
  // No lock is bound, and nobody is drawn.
  if (unseated || phase.name !== "open") return move("validating");
  // Its allocator may ask for an offer yet.
  const claimsOpen = claimsOpenAt(phase.task.openedAt, request);
  if (overview.now < claimsOpen && isListed(request.allocator, config))
    return wait(claimsOpen, "allocator-first");
  if (seat.status !== "none") return move("lost", { reason: "already-seated" });
  const provider = await market.provider(identity.provider);
  const standing =
    refuseStanding(request, provider, phase.task.postedAt) ??
    (await refuseKey(context, provider, overview.now));
  if (standing) return move("lost", { reason: standing });
  const seed = await market.seed(phase.task.seedBlock);
  if (seed.status === "known" && drawOf(context, phase.task, provider, seed.seed) === undefined) {
    return move("lost", { reason: "not-drawn" });
  }
  return move("validating");
};

function leave({ request, config }: HandlerContext, reason: NoReason): Step {
  const detail = reason === "price-too-low" ? refusePrice(request, config)?.detail : undefined;
  return move("lost", { reason, ...(detail !== undefined && { detail }) });
}
