import type { Hex } from "viem";
import { parseEther } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import { endReasonOf, taskStatusOf } from "../model/names.ts";
import { disputesOf } from "../model/panels.ts";
import type { AcceptedTask, EndedTask, LiveTask, Task } from "../model/task.ts";
import { abstentionsOf } from "../model/task.ts";

export interface GetTaskParameters extends DecoParameters {
  readonly taskId: Hex;
}
export type GetTaskReturnType = Task;

/** What {@link getTask} throws. */
export type GetTaskErrorType = DecoContractError | DecoUsageError;

/**
 * State of a task, live or ended.
 * @throws DecoContractError `UnknownTask`.
 */
export async function getTask(
  client: DecoClient,
  parameters: GetTaskParameters,
): Promise<GetTaskReturnType> {
  const ended = await readEnded(client, parameters);
  if (ended !== undefined) return ended;
  try {
    return await readLive(client, parameters);
  } catch (error) {
    // It may have ended between the two questions.
    if (!(error instanceof DecoContractError) || error.code !== "WrongStatus") throw error;
    return (await readEnded(client, parameters)) ?? (await readLive(client, parameters));
  }
}

async function readEnded(
  client: DecoClient,
  parameters: GetTaskParameters,
): Promise<EndedTask | undefined> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId } = parameters;
  const args = [taskId] as const;
  const outcome = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getOutcome", args }),
  );
  const status = taskStatusOf(outcome.status);
  if (status === "settled") {
    const { agreeing, bag, proven, delivered, result } = outcome;
    const securityBudget = parseEther(String(outcome.securityBudget));
    return { taskId, status, agreeing, bag, proven, delivered, securityBudget, result };
  }
  const reason = endReasonOf(outcome.reason);
  return status === "ended" && reason !== "none" ? { taskId, status, reason } : undefined;
}

async function readLive(
  client: DecoClient,
  parameters: GetTaskParameters,
): Promise<LiveTask | AcceptedTask> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId } = parameters;
  const args = [taskId] as const;
  const task = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getTask", args }),
  );
  const status = taskStatusOf(task.status);
  if (status === "open" || status === "executing" || status === "revealing") {
    return { ...task, taskId, status, reasons: abstentionsOf(task.reasons) };
  }
  if (status === "accepted") {
    const verdict = await readMarket(
      readContract(client, { address, abi: decoMarketAbi, functionName: "getVerdict", args }),
    );
    const { round, parameters: version, seedBlock, reseeded } = task;
    const { result, acceptedAt } = verdict;
    const disputes = disputesOf(verdict.opened);
    return {
      ...{ taskId, status, result, acceptedAt, disputes, round },
      ...{ parameters: version, seedBlock, reseeded },
    };
  }
  throw new DecoContractError("WrongStatus", [taskId, task.status]);
}
