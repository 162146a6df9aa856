import type { Explanation } from "@deco-network/executor";
import type { Command } from "commander";

import { EXIT } from "../../exit-codes.ts";
import { explanationLines } from "../../output/explanation-text.ts";
import { askExecutor } from "../../provider/ask-executor.ts";
import { providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

interface WhyOptions {
  readonly folder?: string;
}

export function addProviderWhy(group: Command, cli: Cli): void {
  const command = group
    .command("why")
    .summary("why a task was not taken, or what it waits for")
    .description(
      "Tells what became of a task at this executor: not seen, refused and because of what, its state and what it waits for, or its end. " +
        "Asks the running executor, else reads what it left on disk.",
    )
    .argument("<task>", "task id")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider why 0x1234… ",
    "deco provider why 0x1234… --json | jq -r .because.code",
  ];
  const exitCodes = { [EXIT.negative]: "the executor knows nothing of the task" };
  cli.action<WhyOptions>(command, { examples, exitCodes }, async (context, options, text = "") => {
    const task = taskIdOperand(text);
    const { dataFolder } = await readConfig(providerHome(context, options.folder));
    const question = { method: "GET", path: `/v1/why/${task}` } as const;
    const asked = await askExecutor<Explanation>(dataFolder, question, context.signal);
    const { explainFromFiles } = await import("@deco-network/executor");
    const explanation = asked ?? (await explainFromFiles(dataFolder, task));
    return {
      json: { status: explanation.verdict, ...explanation },
      text: explanationLines(explanation, context.output.style),
      ...(explanation.verdict === "unseen" && { exitCode: EXIT.negative }),
    };
  });
}
