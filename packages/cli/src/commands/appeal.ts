import { appeal, appealDecision } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { recordsOf } from "../context/complete-task.ts";
import { openAccount } from "../context/open-account.ts";
import { openMarket } from "../context/open-market.ts";
import { prepareBond } from "../context/prepare-bond.ts";
import { findTask } from "../context/task-history.ts";
import { formatAmount } from "../output/format.ts";
import type { Cli } from "./cli-action.ts";
import { itemIndex, taskIdOperand } from "./option-values.ts";

interface AppealOptions {
  readonly item: number;
  readonly decision?: number;
}

export function addAppeal(program: Command, cli: Cli): void {
  const command = program
    .command("appeal")
    .summary("say that an accepted result is wrong, with a bond")
    .description(
      "Sends an accepted result, or a panel's decision on it, to a panel of fresh providers. The bond is what the " +
        "panels can cost; it comes back, with a bounty, when the result is overturned, and is lost when it is upheld.",
    )
    .argument("<task>", "task id")
    .option(
      "--item <index>",
      "item of a bag that is wrong; those who voted must then show it",
      itemIndex,
      0,
    )
    .option("--decision <number>", "appeal the first panel's decision in this dispute", itemIndex);
  const examples = ["deco appeal 0x1234…", "deco appeal 0x1234… --decision 0"];
  cli.action<AppealOptions>(command, { examples }, async (context, options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context, await openAccount(context));
    const { client, deployment } = market;
    const { request } = await findTask(market, recordsOf(context), taskId, signal);
    const level = options.decision === undefined ? 1 : 2;
    const { amount, token } = await prepareBond(market, request, taskId, level, signal);
    if (options.decision !== undefined) {
      const index = options.decision;
      const { hash } = await appealDecision(client, { deployment, request, index, signal });
      return answer(index, hash);
    }
    const sent = await appeal(client, { deployment, request, leaf: options.item, signal });
    return answer(sent.index, sent.hash);

    function answer(index: number, transaction: string) {
      return {
        json: { status: "appealed", taskId, dispute: index, bond: amount, transaction },
        text: [`Appealed as dispute ${index}, with a bond of ${formatAmount(amount, token)}.`],
      };
    }
  });
}
