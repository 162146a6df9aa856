import type { ExecutorConfig } from "@deco-network/executor";
import type { Command } from "commander";

import type { CommandContext } from "../../context/command-context.ts";
import { readPassword } from "../../context/password.ts";
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
        "continues at the next start. The keystore's password comes from --password-file, from the configured file, " +
        "or is asked for unseen.",
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
    const config = withPasswordFile(context, await readConfig(home));
    const askPassword = async (keystore: string) =>
      process.stdin.isTTY ? readPassword(context, `Password of ${keystore}: `) : undefined;
    const executor = await startExecutor(config, { askPassword }, signal);
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

/** A file that is named now counts before the configured one. */
function withPasswordFile(
  { options, environment }: CommandContext,
  config: ExecutorConfig,
): ExecutorConfig {
  const passwordFile = options.passwordFile ?? environment["DECO_PASSWORD_FILE"];
  if (passwordFile === undefined || "signer" in config.key) return config;
  return { ...config, key: { ...config.key, passwordFile } };
}
