import type { Hex } from "viem";
import { numberToHex } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { LogRange } from "../client/read-logs.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";
import { committedFold } from "../model/fold.ts";
import { taskStatusOf } from "../model/names.ts";
import { getTaskEvents } from "./get-task-events.ts";

/** With `toBlock`: as it was after that block. */
export interface GetFoldParameters extends LogRange {
  readonly taskId: Hex;
}

/** Undefined unless the task is folded. */
export type GetFoldReturnType = Fold | undefined;

/** What {@link getFold} throws. */
export type GetFoldErrorType = DecoContractError | DecoUsageError;

/**
 * What a folded task's word is the digest of, put together from the task's events.
 * @throws DecoContractError `UnknownTask`.
 */
export async function getFold(
  client: DecoClient,
  parameters: GetFoldParameters,
): Promise<GetFoldReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId, toBlock } = parameters;
  const outcome = await readMarket(
    readContract(client, {
      ...{ address, abi: decoMarketAbi, functionName: "getOutcome", args: [taskId] },
      ...(toBlock === undefined ? {} : { blockNumber: BigInt(toBlock) }),
    }),
  );
  if (taskStatusOf(outcome.status) !== "folded") return undefined;
  return await readFold(client, parameters);
}

/** The same for a task that was just seen to be folded; undefined if its events say that it has gone on since. */
export async function readFold(
  client: DecoClient,
  parameters: GetFoldParameters,
): Promise<Fold | undefined> {
  let fold: Fold | undefined;
  const commitments = new Map<number, Hex>();
  let committedIn: bigint | undefined;
  for (const event of await getTaskEvents(client, parameters)) {
    if (event.eventName === "TaskFolded") {
      const { task, terms, roster, seats } = event.args;
      fold = { task, terms, roster, seats };
    } else if (event.eventName === "Committed") {
      commitments.set(event.args.provider, event.args.commitment);
      committedIn = event.blockNumber;
    } else if (event.eventName === "TaskUnfolded" || event.eventName === "TaskSettled") {
      return undefined;
    }
  }
  if (fold === undefined || committedIn === undefined) return fold;
  const block = await client.request({
    method: "eth_getBlockByNumber",
    params: [numberToHex(committedIn), false],
  });
  // A reorganisation took it meanwhile: the next look sees what is there instead.
  if (block === null) return undefined;
  const sealed = fold.roster.map((provider) => commitments.get(provider) ?? "0x");
  return committedFold(fold, sealed, Number(block.timestamp));
}
