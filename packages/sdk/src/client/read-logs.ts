import type { Address, Hex, Log } from "viem";
import { formatLog, numberToHex } from "viem";
import { getBlockNumber } from "viem/actions";
import { throwIfAborted } from "./abortable.ts";
import type { DecoClient, DecoParameters } from "./deployment.ts";
import { deploymentOf } from "./deployment.ts";

/** Blocks to search. */
export interface LogRange extends DecoParameters {
  /** Default: the market's first block. */
  readonly fromBlock?: number | undefined;
  /** Default: the latest block. */
  readonly toBlock?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Topics = readonly (Hex | readonly Hex[] | null)[];

/** The market's logs with these topics, oldest first. Ranges that a node finds too long are halved. */
export async function readMarketLogs(
  client: DecoClient,
  parameters: LogRange,
  topics: Topics,
): Promise<Log[]> {
  const { market } = deploymentOf(client, parameters);
  return await readContractLogs(client, parameters, market, topics);
}

/** The same for another of the deployment's contracts. */
export async function readContractLogs(
  client: DecoClient,
  parameters: LogRange,
  address: Address,
  topics: Topics,
): Promise<Log[]> {
  const { startBlock } = deploymentOf(client, parameters);
  const { signal, fromBlock = startBlock } = parameters;
  const toBlock = parameters.toBlock ?? Number(await getBlockNumber(client, { cacheTime: 0 }));
  const filter = topics.map((topic) =>
    topic === null || typeof topic === "string" ? topic : [...topic],
  );

  async function search(from: number, to: number): Promise<Log[]> {
    throwIfAborted(signal, "the market's events");
    try {
      const logs = await client.request({
        method: "eth_getLogs",
        params: [
          {
            ...{ address, topics: filter },
            ...{ fromBlock: numberToHex(from), toBlock: numberToHex(to) },
          },
        ],
      });
      return logs.map((log) => formatLog(log));
    } catch (error) {
      if (from === to || !isRangeRefusal(error)) throw error;
      const middle = Math.floor((from + to) / 2);
      return [...(await search(from, middle)), ...(await search(middle + 1, to))];
    }
  }
  return fromBlock > toBlock ? [] : await search(fromBlock, toBlock);
}

/**
 * Nodes have no common code for this; these are the words that they use. A rate limit is another
 * matter: more questions would make it worse.
 */
function isRangeRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const details = "details" in error && typeof error.details === "string" ? error.details : "";
  const words = details || error.message;
  if (/rate|requests|credits|capacity|timeout/i.test(words)) return false;
  return /range|too many|too large|limit|more than|exceed/i.test(words);
}
