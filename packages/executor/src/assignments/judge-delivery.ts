import { AVAILABLE, UNAVAILABLE } from "@deco-network/sdk";

import type { AbstainReason } from "../engines/engine.ts";
import type { AssignmentFacts } from "../journal/transition.ts";
import type { PanelPlace } from "../market/panel.ts";
import type { HandlerContext } from "./context.ts";

/** What a seat on a panel about delivery found. */
export type DeliveryOutcome =
  | { readonly kind: "voted"; readonly facts: AssignmentFacts }
  | { readonly kind: "abstained"; readonly reason: AbstainReason; readonly detail: string };

/** @param over ends the trying: what cannot be had until then counts as unavailable */
export async function judgeDelivery(
  { assignment, config, delivery, market, request, signal }: HandlerContext,
  { taskId }: PanelPlace,
  over: AbortSignal,
): Promise<DeliveryOutcome> {
  const accepted = await market.accepted(taskId, assignment.postedBlock);
  if (!accepted) {
    return { kind: "abstained", reason: "other", detail: "the node does not tell the acceptance" };
  }
  const roster = await market.roster(taskId, assignment.postedBlock);
  const patience = AbortSignal.any([over, AbortSignal.timeout(config.timing.delivery * 1_000)]);
  const found = await delivery.judge({ task: taskId, request, accepted, roster }, patience, signal);
  if (found === "too-large") {
    return { kind: "abstained", reason: "limit-exceeded", detail: "the outputs are too large" };
  }
  if (found === "unavailable") return { kind: "voted", facts: { result: { digest: UNAVAILABLE } } };
  const { digest, root } = accepted;
  const held = request.volume === 1 ? { digest } : { digest, root };
  return { kind: "voted", facts: { result: { digest: AVAILABLE }, held } };
}
