import { resultOf } from "../../results/result-of.ts";
import { type Handler, move, wait } from "../context.ts";

/** Characters of the 26 bytes of a result that the chain keeps. */
const KEPT = 2 + 52;

/** Publishes what won; throws away what lost. */
export const settled: Handler = async (context) => {
  const { assignment, key, logger, results, runner, signal } = context;
  const { phase, now } = await context.overview();
  if (phase.name !== "settled") return move("settling", { reason: "reorg" });
  // Outputs that were announced cannot be taken back.
  if (!(await context.confirmedEnd(key.task))) return wait(now);
  await runner.release(key);
  const { result } = assignment.facts;
  if (!result) return move("released", { reason: "no-result" });
  if (resultOf(result).slice(0, KEPT) !== phase.result) {
    logger.warn({ code: "vote-lost", task: key.task }, "The chain accepted another result.");
    await results.discard(result, signal);
    return move("released", { reason: "vote-lost" });
  }
  await results.publish(result, signal);
  logger.info({ code: "result-published", digest: result.digest }, "The outputs are public.");
  return move("published");
};
