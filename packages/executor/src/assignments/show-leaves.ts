import type { Hash } from "viem";

import { resultOf } from "../results/result-of.ts";
import { progressOf, queueAgain, turnAt } from "./common-steps.ts";
import { type HandlerContext, type Step, wait } from "./context.ts";

/**
 * Proves the accepted items of a bag that are disputed and were not shown yet: until the end nobody else
 * has to, and an item that is never shown counts as absent, for which those who agreed are slashed.
 * @param accepted the result that the vote accepted
 * @returns undefined when there is nothing to show
 */
export async function showLeaves(
  context: HandlerContext,
  accepted: Hash,
  now: number,
): Promise<Step | undefined> {
  const { assignment, calls, key, market, request, results, signal } = context;
  const { result } = assignment.facts;
  if (request.volume === 1 || !result || resultOf(result) !== accepted) return undefined;
  for (const { index, leaf } of await market.unshown(key.task)) {
    // Disputes are told apart by their number, in the place of a round.
    const progress = progressOf(context, "show-leaf", index);
    if (progress.kind === "pending" || progress.kind === "done") continue;
    const roster = await market.roster(key.task, assignment.postedBlock);
    const turn = turnAt(context, { what: "show-leaf", round: index }, roster, now);
    if (now < turn) return wait(turn);
    const shown = await results.leaf(result, leaf, signal);
    if (shown) return queueAgain(context, calls.showLeaf(key.task, request, index, shown));
  }
  return undefined;
}
