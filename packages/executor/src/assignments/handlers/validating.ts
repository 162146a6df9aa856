import { DELIVERY_INDEX } from "@deco-network/sdk";

import { bothJudges, judgePrice } from "../../services/judge-price.ts";
import { absent, promised, takenUp } from "../common-steps.ts";
import { type Handler, move, wait } from "../context.ts";
import { awaitsUnseated } from "../prove-steps.ts";

/** Fetches, verifies and prepares everything before a lock is at stake. */
export const validating: Handler = async (context) => {
  const { assignment, config, key, market, panel, request, runner, signal, logger } = context;
  const overview = await context.overview();
  const binding = promised(context, overview) ?? takenUp(context, overview);
  if (binding) return binding;
  const { phase } = overview;
  if (phase.name === "absent") return absent(context);
  if (phase.name !== "open" && !awaitsUnseated(context, overview))
    return move("lost", { reason: `task-${phase.name}` });
  if (panel) {
    // A claim that outputs are missing is judged by fetching them, once seated: nothing runs.
    if (panel.index === DELIVERY_INDEX) return move("eligible");
    const seats = await market.roster(panel.taskId, assignment.postedBlock);
    await context.reachSeats(seats, signal);
  }
  const runs = panel ? 1 : request.volume;
  const judge = bothJudges(
    judgePrice(request, config, runs),
    context.backlog.judge({ request, runs }),
  );
  const outcome = await runner.prepare(key, request, signal, judge);
  switch (outcome.kind) {
    case "ready":
      return move("eligible");
    case "refused":
      logger.info(
        { code: "task-refused", reason: outcome.reason, detail: outcome.detail },
        "The program or its input cannot be run here.",
      );
      return move("lost", { reason: outcome.reason, detail: outcome.detail });
    case "unavailable":
      // The requester may just be connecting; the claim window bounds the attempts.
      return wait(context.head().timestamp, "input-missing", outcome.detail);
  }
};
