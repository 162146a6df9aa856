import { UNAVAILABLE } from "@deco-network/sdk";

import { resultOf, sameKept } from "../../results/result-of.ts";
import { type Handler, move, wait } from "../context.ts";
import { deliverResult } from "../deliver-result.ts";

/** Publishes what won, and brings it to the contract that waits for it; throws away what lost. */
export const settled: Handler = async (context) => {
  const { assignment, checkpoints, key, logger, results, runner, signal } = context;
  const { phase, now } = await context.overview();
  if (phase.name !== "settled") return move("settling", { reason: "reorg" });
  // Outputs that were announced cannot be taken back.
  if (!(await context.confirmedEnd(key.task))) return wait(now);
  await runner.release(key);
  await checkpoints.release(key);
  const { result, held } = assignment.facts;
  if (!result) return move("released", { reason: "no-result" });
  if (!sameKept(resultOf(result), phase.result)) {
    logger.warn({ code: "vote-lost", task: key.task }, "The chain accepted another result.");
    await results.discard(result, signal);
    if (held) await results.unpin(held, signal);
    return move("released", { reason: "vote-lost" });
  }
  // What was found to be missing is nothing to keep.
  if (resultOf(result) === UNAVAILABLE) return move("released", { reason: "outputs-missing" });
  await results.publish(result, signal);
  const delivery = await deliverResult(context);
  if (delivery) return delivery;
  logger.info({ code: "result-published", digest: result.digest }, "The outputs are public.");
  return move("published");
};
