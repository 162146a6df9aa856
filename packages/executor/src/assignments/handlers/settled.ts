import { resultOf } from "../../results/result-of.ts";
import { type Handler, move, wait } from "../context.ts";

/** Characters of the 26 bytes of a result that the chain keeps. */
const KEPT = 2 + 52;

/** Publishes what won and keeps it for the retention time; throws away what lost. */
export const settled: Handler = async (context) => {
  const { assignment, key, logger, memory, results, runner, signal } = context;
  const { phase, now } = await context.overview();
  if (phase.name !== "settled") return move("settling", { reason: "reorg" });
  // Outputs that were announced cannot be taken back.
  if (!(await context.confirmedEnd(key.task))) return wait(now);
  await runner.release(key);
  const { result, retainUntil = 0 } = assignment.facts;
  if (!result) return move("released", { reason: "no-result" });
  if (resultOf(result).slice(0, KEPT) !== phase.result) {
    logger.warn({ code: "vote-lost", task: key.task }, "The chain accepted another result.");
    await results.discard(result, signal);
    return move("released", { reason: "vote-lost" });
  }
  if (!memory.published) {
    await results.publish(result, signal);
    memory.published = true;
    logger.info({ code: "result-published", digest: result.digest }, "The outputs are public.");
  }
  if (now < retainUntil) return wait(retainUntil);
  await results.unpin(result, signal);
  return move("released", { reason: "retention-over" });
};
