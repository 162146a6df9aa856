import { gatewaysOf, readEndpoints } from "@deco-network/requester";
import type { Opening } from "@deco-network/sdk";
import { deliver } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import { bytesToHex } from "viem";

import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { readHistory } from "../../context/task-history.ts";
import { CliError } from "../../errors.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

/** The market takes no longer one, so contracts get the digest alone. */
const MAX_DOCUMENT_BYTES = 16_384;

export function addTaskDeliver(group: Command, cli: Cli): void {
  const command = group
    .command("deliver")
    .summary("bring a settled result to the contract that asked for it")
    .description(
      "Calls the callback that the request names, with the accepted result. Providers do so by themselves; this is for " +
        "a callback that failed then. Anyone may, and pays the gas; it succeeds once.",
    )
    .argument("<task>", "task id");
  const examples = ["deco task deliver 0x1234…", "deco task deliver 0x1234… --account me --json"];
  cli.action(command, { examples }, async (context, _options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context, await openAccount(context));
    const { request, stages } = await readHistory(market, taskId, signal);
    const settled = stages.find((stage) => stage.stage === "settled");
    if (settled === undefined) {
      throw new CliError("task-not-settled", "The task has no final result to deliver.", {
        where: taskId,
        remedy: `See what it waits for with \`deco task show ${taskId}\`.`,
      });
    }
    const opening = await withDocument(market, settled, signal);
    const { deployment } = market;
    const sent = await deliver(market.client, { deployment, request, opening, signal });
    const { callback, callbackGas } = request;
    if (!sent.delivered) {
      throw new CliError("callback-failed", "The contract did not take the result.", {
        where: callback,
        remedy: `It reverted, or needs more than the ${callbackGas} gas that the request gives it.`,
      });
    }
    return {
      json: { status: "delivered", taskId, callback, transaction: sent.hash },
      text: [`The result is with ${callback}.`],
    };
  });
}

/** The accepted opening with its document, which a settlement may have left out; what is too long for the market stays out. */
async function withDocument(
  market: OpenMarket,
  { digest, root, document }: Opening,
  signal: AbortSignal,
): Promise<Opening> {
  if (document !== "0x") return { digest, root, document };
  const gateways = gatewaysOf(await readEndpoints(market, { signal }));
  const storage = await openStorage({ peerToPeer: false, gateways });
  try {
    const bytes = await storage.getDocument(digest, { signal });
    const fits = bytes.length <= MAX_DOCUMENT_BYTES;
    return { digest, root, document: fits ? bytesToHex(bytes) : "0x" };
  } finally {
    await storage.close();
  }
}
