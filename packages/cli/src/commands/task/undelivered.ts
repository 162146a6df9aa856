import { undelivered } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { recordsOf } from "../../context/complete-task.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { prepareBond } from "../../context/prepare-bond.ts";
import { findTask } from "../../context/task-history.ts";
import { formatAmount } from "../../output/format.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

export function addTaskUndelivered(group: Command, cli: Cli): void {
  const command = group
    .command("undelivered")
    .summary("say that an accepted result's outputs cannot be fetched, with a bond")
    .description(
      "Asks a panel of fresh providers to fetch the outputs of a task of yours. If they cannot, the escrow returns " +
        "and those who agreed on the result are slashed; if they can, the bond is lost.",
    )
    .argument("<task>", "task id");
  const examples = ["deco task undelivered 0x1234…"];
  cli.action(command, { examples }, async (context, _options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context, await openAccount(context));
    const { client, deployment } = market;
    const { request } = await findTask(market, recordsOf(context), taskId, signal);
    const { amount, token } = await prepareBond(market, request, taskId, 1, signal);
    const { hash } = await undelivered(client, { deployment, request, signal });
    return {
      json: { status: "claimed", taskId, bond: amount, transaction: hash },
      text: [`A panel is asked, with a bond of ${formatAmount(amount, token)}.`],
    };
  });
}
