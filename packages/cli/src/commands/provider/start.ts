import type { Command } from "commander";

import { untilAborted } from "../../context/until-aborted.ts";
import { formatPairs } from "../../output/table.ts";
import { providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface StartOptions {
  readonly folder?: string;
}

export function addProviderStart(group: Command, cli: Cli): void {
  const command = group
    .command("start")
    .summary("run the executor")
    .description(
      "Runs the executor until Ctrl-C: it takes seats, runs programs in sandboxes, commits, reveals, settles and " +
        "serves results. Stopping finishes open votes first; a second Ctrl-C does not wait. What is left " +
        "continues at the next start.",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider start",
    "deco provider start --folder /srv/deco 2>> executor.log",
  ];
  cli.action<StartOptions>(command, { examples }, async (context, options) => {
    const { signal, output } = context;
    const home = providerHome(context, options.folder);
    const { startExecutor } = await import("@deco-network/executor");
    const executor = await startExecutor(await readConfig(home), {}, signal);
    try {
      const { identity, endpoint, status } = executor;
      const { provider } = identity;
      output.answer({
        json: { status: "ready", provider, endpoint, statusUrl: status, pid: process.pid },
        text: formatPairs([
          ["provider", `${provider}`],
          ["endpoint", endpoint],
          ["status", `${status}/readyz`],
        ]),
      });
      await untilAborted(signal);
    } finally {
      output.say("finishing open votes; Ctrl-C again to stop at once");
      await executor.stop();
    }
    return undefined;
  });
}
