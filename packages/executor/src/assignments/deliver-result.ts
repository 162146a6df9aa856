import { DELIVERY_INDEX } from "@deco-network/sdk";
import { zeroAddress, zeroHash } from "viem";

import { decodeRequest } from "../market/request.ts";
import { resultOf, sameKept } from "../results/result-of.ts";
import { MAX_DOCUMENT_BYTES } from "../results/result-store.ts";
import { progressOf, queueAgain, turnAt } from "./common-steps.ts";
import { type HandlerContext, type Step, wait } from "./context.ts";

/** Seconds after a failure, by their number, until the next try; then it is left to others. */
const RETRY_SECONDS = [60, 600] as const;

/**
 * Brings a final result to the contract that its request names, by whoever knows its content: those who
 * agreed, or the judges whose result replaced the accepted one, in turns. Who calls pays the gas, so a
 * callback that fails is tried a few times by all together, not for ever by each.
 * @returns undefined when there is nothing to deliver, or no more to try
 */
export async function deliverResult(context: HandlerContext): Promise<Step | undefined> {
  const { assignment, calls, head, key, logger, market, memory, panel, results, signal } = context;
  const { result } = assignment.facts;
  const posted = decodeRequest(assignment.request);
  if (posted.callback === zeroAddress || !result) return undefined;
  // What panels say about delivery is no result.
  if (panel?.index === DELIVERY_INDEX) return undefined;
  const now = head().timestamp;
  const task = panel?.taskId ?? key.task;
  const view = await market.task(task);
  if (view.kind === "live" || view.kind === "accepted") return wait(now);
  const deliverable = view.kind === "settled" && !view.delivered;
  if (!deliverable || !sameKept(resultOf(result), view.result)) return undefined;

  const failures = await market.failedDeliveries(task, assignment.postedBlock);
  if (memory.deliveries?.failures !== failures) memory.deliveries = { failures, seenAt: now };
  const pause = failures === 0 ? 0 : RETRY_SECONDS[failures - 1];
  if (pause === undefined) {
    logger.warn({ code: "delivery-failed", failures }, "The callback does not take the result.");
    return undefined;
  }
  const progress = progressOf(context, "deliver");
  if (progress.kind === "failed" && memory.deliveries.tried) {
    const { error } = progress;
    logger.warn({ code: "delivery-refused", error }, "The market refuses to deliver a result.");
    return undefined;
  }
  // The endpoint that answers may lag behind the one that had the receipt.
  if (progress.kind === "pending" || (progress.kind === "done" && memory.deliveries.tried)) {
    return wait(now);
  }
  const due = memory.deliveries.seenAt + pause;
  if (now < due) return wait(due);
  const roster = await market.roster(key.task, assignment.postedBlock);
  const turn = turnAt(context, { what: `deliver-${failures}`, round: key.round }, roster, now);
  if (now < turn) return wait(turn);
  memory.deliveries = { ...memory.deliveries, tried: true };
  const document = await results.document(result.digest, MAX_DOCUMENT_BYTES, signal);
  const opening = {
    ...{ digest: result.digest, root: result.root ?? zeroHash },
    document: document ?? "0x",
  } as const;
  return queueAgain(context, calls.deliver(key, posted, opening));
}
