import type { TaskStage } from "@deco-network/requester";
import { digestToCid } from "@deco-network/sdk";
import { getToken } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { openMarket } from "../../context/open-market.ts";
import { readHistory } from "../../context/task-history.ts";
import { formatAmount, formatShare } from "../../output/format.ts";
import { stageText } from "../../output/stage-text.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

export function addTaskShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("what has happened to a task, and what it waits for")
    .description("Tells a task's terms, everything that has happened to it, and what it waits for.")
    .argument("<task>", "task id");
  const examples = ["deco task show 0x1234…", "deco task show 0x1234… --json | jq .stages"];
  cli.action(command, { examples }, async (context, _options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const market = await openMarket(context);
    const { request, stages } = await readHistory(market, taskId, context.signal);
    const { deployment } = market;
    const token = await getToken(market.client, { deployment, token: request.token });
    const { bold } = context.output.style;
    const status = statusOf(stages);
    return {
      json: { status, taskId, request, stages },
      text: [
        `${bold(taskId)}  ${status}`,
        ...formatPairs([
          ["requester", request.requester],
          ["program", digestToCid(request.program)],
          ["input", digestToCid(request.input)],
          ["items", `${request.volume}`],
          ["replicas", `${request.replicas} a round, at most ${request.maxReplicas}`],
          [
            "price",
            `${formatAmount(request.minPrice, token)} to ${formatAmount(request.maxPrice, token)}`,
          ],
          ["threshold", formatShare(request.thresholdBps)],
        ]),
        "",
        ...stages.map((stage) => stageText(stage, token)),
      ],
    };
  });
}

/** The phase in one word. */
function statusOf(stages: readonly TaskStage[]): string {
  const last = stages.at(-1);
  if (last?.stage === "settled") return "settled";
  if (last?.stage === "ended") return `ended: ${last.reason}`;
  return last?.stage === "waiting" ? `waiting for ${last.for}` : "running";
}
