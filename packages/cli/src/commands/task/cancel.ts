import { wasOpened } from "@deco-network/requester";
import { cancel, cancelRequest, getToken } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { recordsOf } from "../../context/complete-task.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { findTask } from "../../context/task-history.ts";
import { formatAmount } from "../../output/format.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

export function addTaskCancel(group: Command, cli: Cli): void {
  const command = group
    .command("cancel")
    .summary("take a task back before anybody has a seat")
    .description(
      "Ends a task of yours before any seat is taken. The escrow returns to your balance in the market; the " +
        "posting fee is burned. A request that was signed for an allocator and is not open yet is made worthless.",
    )
    .argument("<task>", "task id");
  const examples = ["deco task cancel 0x1234…"];
  cli.action(command, { examples }, async (context, _options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context, await openAccount(context));
    const { client, deployment } = market;
    const records = recordsOf(context);
    const { request, handedTo } = await findTask(market, records, taskId, signal);
    if (handedTo !== undefined && !(await wasOpened(market, taskId))) {
      const { hash } = await cancelRequest(client, { deployment, request, signal });
      await records.releaseStorage(taskId);
      return {
        json: { status: "cancelled", taskId, refund: 0n, transaction: hash },
        text: ["Cancelled. Nobody can open the request any more; what you deposited is untouched."],
      };
    }
    const { hash, refund } = await cancel(client, { deployment, request, signal });
    await records.releaseStorage(taskId);
    const token = await getToken(client, { deployment, token: request.token });
    return {
      json: { status: "cancelled", taskId, refund, transaction: hash },
      text: [`Cancelled. ${formatAmount(refund, token)} came back to your balance in the market.`],
    };
  });
}
