import {
  agreeingSeats,
  askRefusals,
  fetchReceipts,
  type RefusalReport,
  type TaskStage,
} from "@deco-network/requester";
import { digestToCid, type Request, type Task } from "@deco-network/sdk";
import { getTask, getToken } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import { isAddressEqual } from "viem";

import type { CommandContext } from "../../context/command-context.ts";
import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { readHistory } from "../../context/task-history.ts";
import { CliError } from "../../errors.ts";
import { formatAmount, formatShare } from "../../output/format.ts";
import { receiptLines } from "../../output/receipt-text.ts";
import { refusalLines } from "../../output/refusals-text.ts";
import { stageText } from "../../output/stage-text.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";
import { taskIdOperand } from "../option-values.ts";

interface ShowOptions {
  readonly why?: boolean;
}

export function addTaskShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("what has happened to a task, and what it waits for")
    .description(
      "Tells a task's terms, everything that has happened to it, what it waits for, and what its providers measured.",
    )
    .argument("<task>", "task id")
    .option("--why", "ask providers why they take no seat; needs the requester's account");
  const examples = [
    "deco task show 0x1234…",
    "deco task show 0x1234… --why",
    "deco task show 0x1234… --json | jq .stages",
  ];
  cli.action<ShowOptions>(command, { examples }, async (context, { why }, operand = "") => {
    const taskId = taskIdOperand(operand);
    const market = await openMarket(context);
    const { request, stages } = await readHistory(market, taskId, context.signal);
    const { deployment } = market;
    const token = await getToken(market.client, { deployment, token: request.token });
    const { bold } = context.output.style;
    const status = statusOf(stages);
    const task =
      BigInt(request.callback) === 0n
        ? undefined
        : await getTask(market.client, { deployment, taskId });
    const delivery = task === undefined ? undefined : deliveryOf(task);
    const last = stages.at(-1);
    const refusals = why === true ? await reasonsFor(context, market, request) : undefined;
    const receipts =
      last?.stage === "settled"
        ? await fetchReceipts(market, taskId, {
            ...{ seats: agreeingSeats(stages), digest: last.digest, signal: context.signal },
          })
        : [];
    return {
      json: {
        status,
        taskId,
        request,
        stages,
        receipts,
        ...(refusals && { refusals }),
        ...(delivery === undefined ? {} : { delivery }),
      },
      text: [
        `${bold(taskId)}  ${status}`,
        ...formatPairs([
          ["requester", request.requester],
          ["program", digestToCid(request.program)],
          ["input", digestToCid(request.input)],
          ["items", `${request.volume}`],
          ["replicas", `${request.replicas} a round, at most ${request.maxReplicas}`],
          [
            "price",
            `${formatAmount(request.minPrice, token)} to ${formatAmount(request.maxPrice, token)}`,
          ],
          ["threshold", formatShare(request.thresholdBps)],
          ...(delivery === undefined
            ? []
            : [["callback", `${request.callback}: ${delivery}`] as const]),
        ]),
        "",
        ...stages.map((stage) => stageText(stage, token)),
        ...receiptLines(receipts),
        ...(refusals ? refusalLines(refusals) : []),
      ],
    };
  });
}

/** Asks as the task's requester. */
async function reasonsFor(
  context: CommandContext,
  market: OpenMarket,
  request: Request,
): Promise<RefusalReport[]> {
  const signer = await openAccount(context);
  if (!isAddressEqual(signer.address, request.requester)) {
    throw new CliError("not-requester", "Providers tell their reasons to the requester only.", {
      remedy: `Use the account ${request.requester}.`,
    });
  }
  const storage = await openStorage();
  try {
    return await askRefusals(market, storage, { signer, request, signal: context.signal });
  } finally {
    await storage.close();
  }
}

/** What has become of the result that a contract waits for. */
function deliveryOf(task: Task): "waiting" | "delivered" | "none" {
  if (task.status === "ended") return "none";
  return task.status === "settled" && task.delivered ? "delivered" : "waiting";
}

/** The phase in one word. */
function statusOf(stages: readonly TaskStage[]): string {
  const last = stages.at(-1);
  if (last?.stage === "settled") return "settled";
  if (last?.stage === "ended") return `ended: ${last.reason}`;
  return last?.stage === "waiting" ? `waiting for ${last.for}` : "running";
}
