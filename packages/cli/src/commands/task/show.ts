import { agreeingSeats, fetchReceipts, type TaskStage } from "@deco-network/requester";
import { digestToCid, type Task } from "@deco-network/sdk";
import { getTask, getToken } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { openMarket } from "../../context/open-market.ts";
import { readHistory } from "../../context/task-history.ts";
import { formatAmount, formatShare } from "../../output/format.ts";
import { receiptLines } from "../../output/receipt-text.ts";
import { stageText } from "../../output/stage-text.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

export function addTaskShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("what has happened to a task, and what it waits for")
    .description(
      "Tells a task's terms, everything that has happened to it, what it waits for, and what its providers measured.",
    )
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
    const task =
      BigInt(request.callback) === 0n
        ? undefined
        : await getTask(market.client, { deployment, taskId });
    const delivery = task === undefined ? undefined : deliveryOf(task);
    const last = stages.at(-1);
    const receipts =
      last?.stage === "settled"
        ? await fetchReceipts(market, taskId, {
            ...{ seats: agreeingSeats(stages), digest: last.digest, signal: context.signal },
          })
        : [];
    return {
      json: {
        status,
        taskId,
        request,
        stages,
        receipts,
        ...(delivery === undefined ? {} : { delivery }),
      },
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
          ...(delivery === undefined
            ? []
            : [["callback", `${request.callback}: ${delivery}`] as const]),
        ]),
        "",
        ...stages.map((stage) => stageText(stage, token)),
        ...receiptLines(receipts),
      ],
    };
  });
}

/** What has become of the result that a contract waits for. */
function deliveryOf(task: Task): "waiting" | "delivered" | "none" {
  if (task.status === "ended") return "none";
  return task.status === "settled" && task.delivered ? "delivered" : "waiting";
}

/** The phase in one word. */
function statusOf(stages: readonly TaskStage[]): string {
  const last = stages.at(-1);
  if (last?.stage === "settled") return "settled";
  if (last?.stage === "ended") return `ended: ${last.reason}`;
  return last?.stage === "waiting" ? `waiting for ${last.for}` : "running";
}
