import type { ExecutorConfig, OperatorStatus } from "@deco-network/executor";
import type { LocalAccount } from "viem";

import type { CommandContext } from "../context/command-context.ts";
import { accountIn } from "../context/open-account.ts";
import { CliError } from "../errors.ts";
import { askExecutor } from "./ask-executor.ts";

/**
 * The operator key, for what the market takes from nobody else. A running executor counts its key's transactions itself, and
 * takes another's for a second executor.
 * @throws CliError `executor-running`, `executor-silent`, `executor-stopping`, as `accountIn`; ExecutorError of a remote signer
 */
export async function openOperator(
  context: CommandContext,
  { key, dataFolder }: ExecutorConfig,
): Promise<LocalAccount> {
  const question = { method: "GET", path: "/v1/status" } as const;
  const running = await askExecutor<OperatorStatus>(dataFolder, question, context.signal);
  if (running !== undefined) {
    throw new CliError("executor-running", "The executor that runs here uses the operator key.", {
      where: dataFolder,
      remedy: "Stop it, do this, and start it again: deco provider start.",
    });
  }
  if (!("signer" in key)) return accountIn(context, key.file);
  const { loadOperator } = await import("@deco-network/executor");
  return loadOperator(key);
}
