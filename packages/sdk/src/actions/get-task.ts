import type { Hex } from "viem";
import { parseEther } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import { taskOfFold } from "../model/fold.ts";
import { endReasonOf, taskStatusOf } from "../model/names.ts";
import { disputesOf } from "../model/panels.ts";
import type { AcceptedTask, EndedTask, LiveTask, Task } from "../model/task.ts";
import { abstentionsOf } from "../model/task.ts";
import { readFold } from "./get-fold.ts";

export interface GetTaskParameters extends DecoParameters {
  readonly taskId: Hex;
}
export type GetTaskReturnType = Task;

/** What {@link getTask} throws. */
export type GetTaskErrorType = DecoContractError | DecoUsageError;

/**
 * State of a task, live or ended; of a folded one as its events tell it.
 * @throws DecoContractError `UnknownTask`.
 */
export async function getTask(
  client: DecoClient,
  parameters: GetTaskParameters,
): Promise<GetTaskReturnType> {
  for (let looks = 1; ; looks += 1) {
    const stored = await readStored(client, parameters);
    if (stored !== undefined) return stored;
    try {
      return await readLive(client, parameters);
    } catch (error) {
      // It may have ended, or have been unfolded, between the two questions.
      const moved = error instanceof DecoContractError && error.code === "WrongStatus";
      if (!moved || looks === LOOKS) throw error;
    }
  }
}

/** A task moves on a few times at most: more looks are a defect. */
const LOOKS = 4;

/** A task that the chain keeps as one word: it has ended, or is folded. */
async function readStored(
  client: DecoClient,
  parameters: GetTaskParameters,
): Promise<EndedTask | LiveTask | undefined> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId } = parameters;
  const args = [taskId] as const;
  const outcome = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getOutcome", args }),
  );
  const status = taskStatusOf(outcome.status);
  if (status === "folded") {
    const fold = await readFold(client, parameters);
    return fold && taskOfFold(taskId, fold);
  }
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
    return { ...task, taskId, status, reasons: abstentionsOf(task.reasons), folded: false };
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
