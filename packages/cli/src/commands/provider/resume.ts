import type { Command } from "commander";

import { askExecutor, requireRunning } from "../../provider/ask-executor.ts";
import { providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface ResumeOptions {
  readonly folder?: string;
}

export function addProviderResume(group: Command, cli: Cli): void {
  const command = group
    .command("resume")
    .summary("take seats again after a drain")
    .description("Turns intake on again that `provider drain` turned off.")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  cli.action<ResumeOptions>(
    command,
    { examples: ["deco provider resume"] },
    async (context, options) => {
      const { dataFolder } = await readConfig(providerHome(context, options.folder));
      const question = { method: "POST", path: "/v1/resume" } as const;
      requireRunning(await askExecutor(dataFolder, question, context.signal), dataFolder);
      return { json: { status: "resumed" }, text: ["Seats are taken again."] };
    },
  );
}
