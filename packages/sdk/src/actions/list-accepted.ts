import type { Hex } from "viem";
import { encodeEventTopics } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { eventsNamed, parseMarketLogs } from "../client/market-events.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readMarketLogs } from "../client/read-logs.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export type ListAcceptedParameters = LogRange;

/** A result that a vote accepted and that is final only after its windows. */
export interface AcceptedResultEvent {
  readonly taskId: Hex;
  /** What was voted on. */
  readonly result: Hex;
  /** Digest of the result document, or of a bag's manifest. */
  readonly digest: Hex;
  /** Merkle root of a bag; zero for a single run. */
  readonly root: Hex;
  /** Bytes of the document when they came with the settlement, else `0x`. */
  readonly document: Hex;
  readonly blockNumber: number;
}
export type ListAcceptedReturnType = readonly AcceptedResultEvent[];

/**
 * Results that were accepted and had to wait for their windows, oldest first; what an auditor looks at.
 * @throws DecoUsageError `aborted`.
 */
export async function listAccepted(
  client: DecoClient,
  parameters: ListAcceptedParameters = {},
): Promise<ListAcceptedReturnType> {
  const { market } = deploymentOf(client, parameters);
  const topics = encodeEventTopics({ abi: decoMarketAbi, eventName: "TaskAccepted" });
  const [accepted] = topics;
  const logs = await readMarketLogs(client, parameters, [accepted]);
  return eventsNamed(parseMarketLogs(market, logs), "TaskAccepted").map((event) => {
    const { taskId, result, digest, root, document } = event.args;
    const blockNumber = Number(event.blockNumber);
    return { taskId, result, digest, root, document, blockNumber };
  });
}
