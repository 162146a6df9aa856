import type { Address, Hex } from "viem";
import { encodeEventTopics, pad } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface ListTasksParameters extends LogRange {
  /** Only tasks of this requester. */
  readonly requester?: Address | undefined;
  /** Only tasks that run this program. */
  readonly program?: Hex | undefined;
}

/** A task as it was posted. */
export interface PostedTask {
  readonly taskId: Hex;
  readonly request: Request;
  readonly blockNumber: number;
  readonly transactionHash: Hex;
}
export type ListTasksReturnType = readonly PostedTask[];

/**
 * Tasks that were posted and orders that were filled or held, oldest first.
 * @throws DecoUsageError `aborted`.
 */
export async function listTasks(
  client: DecoClient,
  parameters: ListTasksParameters = {},
): Promise<ListTasksReturnType> {
  const { market } = deploymentOf(client, parameters);
  const { requester, program = null } = parameters;
  const posts = (["TaskPosted", "OrderPosted", "OrderHeld"] as const).map(
    (eventName) => encodeEventTopics({ abi: decoMarketAbi, eventName })[0],
  );
  const account = requester === undefined ? null : pad(requester, { size: 32 });
  const logs = await readMarketLogs(client, parameters, [posts, null, account, program]);
  return eventsNamed(parseMarketLogs(market, logs), "TaskPosted").map((event) => ({
    taskId: event.args.taskId,
    request: event.args.request,
    blockNumber: Number(event.blockNumber),
    transactionHash: event.transactionHash,
  }));
}
