import { isOrder } from "@deco-network/sdk";
import { getOrder, getTask, listTasks } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { recordsOf } from "../../context/complete-task.ts";
import { accountAddress } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { formatTable } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";
import { wholeNumber } from "../option-values.ts";

interface ListOptions {
  readonly all?: boolean;
  readonly limit: number;
}

export function addTaskList(group: Command, cli: Cli): void {
  const command = group
    .command("list")
    .summary("list tasks, newest first")
    .description(
      "Lists tasks that the account posted; without an account, or with --all, everybody's.",
    )
    .option("--all", "tasks of all requesters")
    .option("--limit <number>", "how many", wholeNumber, 20);
  const examples = ["deco task list", "deco task list --all --limit 5"];
  cli.action<ListOptions>(command, { examples }, async (context, { all, limit }) => {
    const { client, deployment } = await openMarket(context);
    const requester = all ? undefined : await accountAddress(context);
    const { signal } = context;
    const posted = await listTasks(client, {
      ...{ deployment, signal },
      ...(requester !== undefined && { requester }),
    });
    const records = new Map(
      (await recordsOf(context).list()).map((record) => [record.taskId, record]),
    );
    const tasks = await Promise.all(
      posted
        .slice(-limit)
        .reverse()
        .map(async ({ taskId, request, blockNumber }) => {
          const order =
            isOrder(request) && (await getOrder(client, { deployment, taskId, signal }));
          const task = order || (await getTask(client, { deployment, taskId }));
          const record = records.get(taskId);
          const { volume, replicas } = request;
          return {
            ...{ taskId, status: task.status, block: blockNumber, volume, replicas },
            ...(task.status === "ended" && { reason: task.reason }),
            ...(task.status === "held" && { provider: task.provider, until: task.until }),
            ...(record?.name !== undefined && { name: record.name }),
            ...(record !== undefined && { fetched: record.fetched }),
            requester: request.requester,
          };
        }),
    );
    const rows = tasks.map(({ taskId, status, reason, name = "", block, fetched }) => [
      ...[taskId, reason === undefined ? status : `${status}: ${reason}`, `${block}`],
      ...[fetched === true ? "yes" : "", name],
    ]);
    return {
      json: { status: "ok", tasks },
      text:
        tasks.length === 0
          ? ["No tasks."]
          : formatTable(["TASK", "STATUS", "BLOCK", "FETCHED", "NAME"], rows),
    };
  });
}
