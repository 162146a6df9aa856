import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import type { AllocatorSettingsInput } from "@deco-network/allocator";
import type { Command } from "commander";

import { homeOf } from "../../context/command-context.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { untilAborted } from "../../context/until-aborted.ts";
import { CliError } from "../../errors.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";

interface StartOptions {
  readonly folder?: string;
  readonly settings?: string;
  readonly listen?: readonly string[];
}

export function addAllocatorStart(group: Command, cli: Cli): void {
  const command = group
    .command("start")
    .summary("run an allocator")
    .description(
      "Takes signed requests (`deco run --allocator`), asks executors that list it for offers, and opens each " +
        "task with its seats in one transaction, paid by the account. Runs until Ctrl-C; orders under way go on " +
        "at the next start.",
    )
    .option("--folder <folder>", "orders and node key (default: allocator in the home folder)")
    .option("--settings <file>", "JSON file of settings; see docs/CLI.md")
    .option("--listen <multiaddr...>", "where its node listens (default: a loopback port)");
  const examples = [
    "deco allocator start --account hub",
    "deco allocator start --listen /ip4/0.0.0.0/tcp/4201 --settings allocator.json",
  ];
  cli.action<StartOptions>(command, { examples }, async (context, options) => {
    const { signal, output } = context;
    const account = await openAccount(context);
    const { rpcUrl, deployment } = await openMarket(context);
    const settings = await readSettings(options.settings);
    const { createLogger, startAllocator } = await import("@deco-network/allocator");
    const allocator = await startAllocator({
      ...{ rpcUrl, deployment, account, logger: createLogger("info") },
      folder: resolve(options.folder ?? join(homeOf(context), "allocator")),
      settings: { ...settings, ...(options.listen && { listen: [...options.listen] }) },
    });
    try {
      const { address, endpoints } = allocator;
      output.answer({
        json: { status: "ready", address, endpoints, pid: process.pid },
        text: formatPairs([
          ["address", address],
          ["endpoint", endpoints.join(",")],
        ]),
      });
      await untilAborted(signal);
    } finally {
      await allocator.stop();
    }
    return undefined;
  });
}

async function readSettings(path: string | undefined): Promise<AllocatorSettingsInput> {
  if (path === undefined) return {};
  try {
    return JSON.parse(await readFile(path, "utf8")) as AllocatorSettingsInput;
  } catch (cause) {
    throw new CliError("usage", "The settings cannot be read.", {
      where: path,
      remedy: "Check the path, and that the file is JSON.",
      cause,
    });
  }
}
