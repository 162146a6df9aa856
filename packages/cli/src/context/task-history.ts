import {
  followTask,
  type TaskRecord,
  type TaskRecords,
  type TaskStage,
} from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import type { Hex } from "viem";

import { CliError } from "../errors.ts";
import type { OpenMarket } from "./open-market.ts";

/** A task as the chain tells it up to now. */
export interface TaskHistory {
  readonly request: Request;
  readonly fromBlock: number;
  readonly stages: readonly TaskStage[];
}

/**
 * Reads what has happened to a task so far.
 * @throws RequesterError `task-unknown`
 */
export async function readHistory(
  market: OpenMarket,
  taskId: Hex,
  signal: AbortSignal,
): Promise<TaskHistory> {
  const stages: TaskStage[] = [];
  for await (const stage of followTask(market, taskId, { signal })) {
    stages.push(stage);
    // The first look ends with what the task waits for, or with its end.
    if (stage.stage === "waiting") break;
  }
  const posted = stages.find((stage) => stage.stage === "posted");
  if (posted === undefined) throw unreadable(taskId);
  return { request: posted.request, fromBlock: Number(posted.block), stages };
}

/** This machine's record of a task, or the same from the chain when somebody else posted it. */
export async function findTask(
  market: OpenMarket,
  records: TaskRecords,
  taskId: Hex,
  signal: AbortSignal,
): Promise<Pick<TaskRecord, "taskId" | "request" | "fromBlock" | "output" | "handedTo">> {
  const record = await records.read(taskId);
  if (record !== undefined) {
    requireSameMarket(record, market);
    return record;
  }
  const { request, fromBlock } = await readHistory(market, taskId, signal);
  return { taskId, request, fromBlock };
}

function requireSameMarket(record: TaskRecord, { deployment }: OpenMarket): void {
  if (record.chainId === deployment.chainId && record.market === deployment.market) return;
  throw new CliError(
    "chain-mismatch",
    `The task was posted to ${record.market} on chain ${record.chainId}.`,
    { where: record.taskId, remedy: "Name that market's deployment file with --deployment." },
  );
}

function unreadable(taskId: Hex): CliError {
  return new CliError("chain-mismatch", "The node does not tell how the task was posted.", {
    where: taskId,
    remedy: "Use a node that keeps the logs of this range.",
  });
}
