import type { Hex } from "viem";
import { numberToHex } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Fold } from "../model/fold.ts";
import { committedFold } from "../model/fold.ts";
import { taskStatusOf } from "../model/names.ts";
import { getTaskEvents } from "./get-task-events.ts";

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
  const args = [parameters.taskId] as const;
  const { status } = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "getOutcome", args }),
  );
  if (taskStatusOf(status) !== "folded") return undefined;
  const events = await getTaskEvents(client, parameters);
  const opened = eventsNamed(events, "TaskFolded")[0];
  if (opened === undefined) return undefined;
  const { task, terms, roster, seats } = opened.args;
  const fold = { task, terms, roster, seats };
  const committed = eventsNamed(events, "Committed");
  const [first] = committed;
  if (first === undefined) return fold;
  const block = await client.request({
    method: "eth_getBlockByNumber",
    params: [numberToHex(first.blockNumber), false],
  });
  const commitments = roster.map(
    (provider) => committed.find(({ args }) => args.provider === provider)?.args.commitment ?? "0x",
  );
  return committedFold(fold, commitments, Number(block?.timestamp ?? 0));
}
