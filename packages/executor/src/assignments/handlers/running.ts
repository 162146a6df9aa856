import { abstainCodeOf, DELIVERY_INDEX } from "@deco-network/sdk";

import type { AbstainReason } from "../../engines/engine.ts";
import { taskEnd } from "../common-steps.ts";
import { type Handler, type HandlerContext, move, type Step, wait } from "../context.ts";
import { judgeDelivery } from "../judge-delivery.ts";

/** Runs the program until it ends or the time left is only enough to abstain. */
export const running: Handler = async (context) => {
  const { key, request, panel, market, runner, books, receipts, config, signal } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  if (seat.status === "none") return move("claiming", { reason: "reorg" });
  if (phase.name === "absent" || phase.name === "open") return wait(now);
  if (phase.name !== "executing") return move("settling", { reason: "commit-missed" });

  // A short window keeps most of itself for running.
  const margin = Math.min(config.timing.commitMargin, Math.ceil(phase.task.commitWindow / 5));
  const deadline = phase.closesAt - margin;
  const late = new AbortController();
  const look = () => {
    if (context.head().timestamp >= deadline) late.abort();
  };
  const unwatch = context.watch(look);
  look();
  try {
    const until = AbortSignal.any([signal, late.signal]);
    if (panel?.index === DELIVERY_INDEX) {
      const found = await judgeDelivery(context, panel, late.signal);
      if (found.kind === "voted") return move("ran", { facts: found.facts });
      return abstain(context, found.reason, found.detail);
    }
    const outcome =
      panel && request.volume > 1
        ? await runner.runItem(key, request, await market.leafOf(panel), until)
        : await runner.run(key, request, until);
    if (outcome.kind === "abstained") return abstain(context, outcome.reason, outcome.detail);
    const { result, usage } = outcome;
    if (usage) books.ran(key, usage);
    if (!usage || panel) return move("ran", { facts: { result } });
    const receipt = await receipts.write(key, result.digest, usage, signal);
    return move("ran", { facts: { result: { ...result, receipt } } });
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
    return abstain(context, "limit-exceeded", "the commit deadline is near");
  } finally {
    unwatch();
  }
};

function abstain(context: HandlerContext, reason: AbstainReason, detail: string): Step {
  const { logger } = context;
  logger.warn({ code: "task-abstained", reason, detail }, "The seat gives no result.");
  const code = abstainCodeOf(reason);
  return move("abstaining", {
    reason,
    detail,
    facts: { abstainReason: code },
  });
}
