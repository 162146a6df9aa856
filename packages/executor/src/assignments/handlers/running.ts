import { abstainCodeOf, DELIVERY_INDEX } from "@deco-network/sdk";

import { runSeconds } from "../../capacity/run-seconds.ts";
import type { RunningSeat } from "../../checkpoints/seat-checkpoints.ts";
import type { AbstainReason } from "../../engines/engine.ts";
import type { SeatView } from "../../market/market-reader.ts";
import type { Phase } from "../../market/phase.ts";
import { awaitKey } from "../../privacy/await-key.ts";
import type { ReasonCode } from "../../reasons/reason.ts";
import { hasVoted, runsOf, taskEnd } from "../common-steps.ts";
import { type Handler, type HandlerContext, move, type Step, wait } from "../context.ts";
import { judgeDelivery } from "../judge-delivery.ts";
import { isProven, isUnseated, policyEnd, unseatedUntil } from "../prove-steps.ts";
import { FOUND_ON_CHAIN } from "../states.ts";

/** Runs the program until it ends or the time left is only enough to abstain. */
export const running: Handler = async (context) => {
  const { key, request, panel, market, runner, books, receipts, config, logger, signal } = context;
  const { backlog, checkpoints } = context;
  const overview = await context.overview();
  const { phase, seat, now } = overview;
  const end = taskEnd(context, overview);
  if (end) return end;
  const unseated = isUnseated(context, overview);
  if (seat.status === "none" && !unseated) return move("claiming", { reason: "reorg" });
  if (phase.name === "absent" || (phase.name === "open" && !unseated)) return wait(now);
  if (seat.status === "abstained") return move("abstaining", { reason: FOUND_ON_CHAIN });
  if (overview.policyGone && unseated) return move("lost", { reason: "policy-removed" });
  const left = policyEnd(overview);
  if (left) return left;
  const until = unseated ? unseatedUntil(context, phase) : undefined;
  const inTime = unseated
    ? until !== undefined && now <= until
    : phase.name === "executing" || (hasVoted(seat) && "task" in phase);
  if (!inTime) return move("settling", { reason: "commit-missed" });
  const deadline = until ?? deadlineOf(phase, config.timing.commitMargin);
  const runs = runsOf(context);
  const urgent = panel || hasVoted(seat) ? "duty" : unseated ? "spare" : "seat";
  const late = new AbortController();
  const gone = new AbortController();
  let asking = false;
  /** What nobody takes any more is not worked on. */
  const askPolicy = async () => {
    asking = true;
    if (await market.policyGone(request).catch(() => false)) gone.abort();
    asking = false;
  };
  const look = () => {
    if (context.head().timestamp >= deadline) late.abort();
    else if (isProven(context) && !asking) void askPolicy();
  };
  const unwatch = context.watch(look);
  look();
  try {
    const ended = AbortSignal.any([signal, late.signal, gone.signal]);
    if (panel?.index === DELIVERY_INDEX) {
      const found = await judgeDelivery(context, panel, late.signal);
      if (found.kind === "voted") return move("ran", { facts: found.facts });
      return await noResult(context, seat, found.reason, found.detail);
    }
    const rank = await backlog.rank(key, { request, runs, class: urgent }, deadline);
    const outcome =
      panel && request.volume > 1
        ? await runner.runItem(key, request, await market.leafOf(panel), ended, { rank })
        : await runner.run(key, request, ended, {
            rank,
            checkpoints: checkpoints.of(seatOf(context, ended)),
          });
    if (outcome.kind === "key-awaited") {
      const detail = "the requester did not send the key of the private input in time";
      return (
        awaitKey(overview) ??
        (await noResult(context, seat, "input-unavailable", detail, "private-key-missing"))
      );
    }
    if (outcome.kind === "abstained") {
      if (isInterrupted(context, outcome.reason)) {
        const { reason, detail } = outcome;
        logger.warn({ code: "run-interrupted", reason, detail }, "The program is run again.");
        await runner.prepareAgain(key);
        return wait(context.head().timestamp);
      }
      return await noResult(context, seat, outcome.reason, outcome.detail);
    }
    const { result, usage } = outcome;
    if (usage) books.ran(key, usage);
    if (!usage || panel) return move("ran", { facts: { result } });
    const receipt = await receipts.write(key, result.digest, usage, signal);
    return move("ran", { facts: { result: { ...result, receipt } } });
  } catch (error) {
    if (signal.aborted || !(late.signal.aborted || gone.signal.aborted)) throw error;
    // The next look sees the same, or runs the program again.
    if (gone.signal.aborted) return wait(now);
    return await noResult(context, seat, "limit-exceeded", "the deadline is near");
  } finally {
    unwatch();
  }
};

function seatOf(
  { key, request, assignment, panel }: HandlerContext,
  signal: AbortSignal,
): RunningSeat {
  const { postedBlock } = assignment;
  return { key, request, postedBlock, isJudge: panel !== undefined, signal };
}

/**
 * Whether it is rather the engine than the program: it was away, as in an upgrade, or it ended what
 * it ran. The former is tried until time is short, the latter once.
 */
function isInterrupted({ memory }: HandlerContext, reason: AbstainReason): boolean {
  if (reason === "engine-unavailable") return true;
  if (reason !== "killed" || memory.killed) return false;
  memory.killed = true;
  return true;
}

/** Second at which an unfinished run is given up. */
function deadlineOf(phase: Phase, commitMargin: number): number {
  if (!("closesAt" in phase)) return Number.MAX_SAFE_INTEGER;
  const window = "task" in phase ? phase.task.commitWindow : 0;
  return phase.closesAt - (window - runSeconds(window, commitMargin));
}

async function noResult(
  context: HandlerContext,
  seat: SeatView,
  reason: AbstainReason,
  detail: string,
  /** What exactly, where the chain's reason is less exact. */
  named: ReasonCode = reason,
): Promise<Step> {
  const { logger } = context;
  const gone = isUnseated(context, { seat }) ? undefined : policyEnd(await context.overview());
  if (gone) return gone;
  if (hasVoted(seat)) {
    logger.error(
      { code: "vote-unknown", reason, detail },
      "The seat's own vote is not found again.",
    );
    return move("settling", { reason: "vote-unknown" });
  }
  logger.warn({ code: "task-abstained", reason: named, detail }, "The seat gives no result.");
  if (isUnseated(context, { seat })) return move("lost", { reason: named, detail });
  const code = abstainCodeOf(reason);
  return move("abstaining", {
    reason: named,
    detail,
    facts: { abstainReason: code },
  });
}
