import type { Command } from "commander";

import { recordsOf } from "../../context/complete-task.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { planJob } from "../../context/plan-job.ts";
import { prepareAgain } from "../../context/prepare-job.ts";
import { type RunOptions, runPrepared } from "../../context/run-prepared.ts";
import { findTask } from "../../context/task-history.ts";
import type { Cli } from "../cli-action.ts";
import { byteCount, positiveDecimalText, taskIdOperand } from "../option-values.ts";

interface RerunOptions extends RunOptions {
  readonly maxPrice?: string;
  readonly dryRun?: boolean;
}

export function addTaskRerun(group: Command, cli: Cli): void {
  const command = group
    .command("rerun")
    .summary("post a task's job once more, as a new task")
    .description(
      "Posts the same program, input and terms again and follows them as `deco run` does, such as for a task that found no takers or " +
        "ended without a result. Its job file is not needed: content comes from this machine or from providers that still hold it. " +
        "Anybody's public task will do. Seats are drawn.",
    )
    .argument("<task>", "task id")
    .option("--max-price <number>", "another price per replica", positiveDecimalText)
    .option("--output <folder>", "folder for outputs (default: deco-output/TASK)")
    .option("--max-bytes <number>", "largest result", byteCount)
    .option("--anyway", "post even if too few providers can take a seat now")
    .option("--dry-run", "show price, providers and deadlines; sign and send nothing")
    .option("--no-rescue", "never end a stuck task yourself");
  const examples = [
    "deco task rerun 0x1234…",
    "deco task rerun 0x1234… --max-price 2.5 --dry-run",
    "deco task rerun 0x1234… --json --output again",
  ];
  cli.action<RerunOptions>(command, { examples }, async (context, options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const records = recordsOf(context);
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { request } = await findTask(market, records, taskId, context.signal);
    const name = (await records.read(taskId))?.name;
    const { maxPrice, dryRun } = options;
    const again = { requester: account.address, maxPrice };
    const { draft, ...prepared } = await prepareAgain(context, market, request, again);
    if (dryRun === true) return await planJob(context, market, prepared);
    return await runPrepared(context, { market, account, prepared, draft, options, name });
  });
}
