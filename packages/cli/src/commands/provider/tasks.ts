import type { ListedTask } from "@deco-network/executor";
import type { Command } from "commander";

import { formatMoment } from "../../output/format.ts";
import { formatTable } from "../../output/table.ts";
import { askExecutor, requireRunning } from "../../provider/ask-executor.ts";
import { providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface TasksOptions {
  readonly folder?: string;
  readonly state?: string;
}

export function addProviderTasks(group: Command, cli: Cli): void {
  const command = group
    .command("tasks")
    .summary("tasks that the running executor knows, newest first")
    .description("Lists what the executor works on, has refused or has finished lately.")
    .option("--state <states>", "only these states, comma-separated")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider tasks", "deco provider tasks --state running,committed"];
  cli.action<TasksOptions>(command, { examples }, async (context, options) => {
    const { dataFolder } = await readConfig(providerHome(context, options.folder));
    const query = options.state === undefined ? "" : `?state=${encodeURIComponent(options.state)}`;
    const question = { method: "GET", path: `/v1/tasks${query}` } as const;
    const asked = await askExecutor<{ tasks: ListedTask[] }>(dataFolder, question, context.signal);
    const { tasks } = requireRunning(asked, dataFolder);
    const rows = tasks.map(({ task, round, state, reason, updatedAt }) => [
      ...[task, `${round}`, state, formatMoment(Math.floor(updatedAt / 1_000)), reason ?? ""],
    ]);
    return {
      json: { status: "ok", tasks },
      text:
        rows.length === 0
          ? ["No task is known."]
          : formatTable(["TASK", "ROUND", "STATE", "SINCE", "REASON"], rows),
    };
  });
}
