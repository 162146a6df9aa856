import { type MarketEvent, parseMarketLogs } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { type Address, type Log, type PublicClient, parseEventLogs } from "viem";

/** Widest range of blocks asked for at once; public endpoints refuse more. */
const RANGE = 5_000n;

/** A decoded event of the market, in the order of the chain. */
export type { MarketEvent };
/** An event of one name. */
export type EventOf<Name extends MarketEvent["eventName"]> = Extract<
  MarketEvent,
  { eventName: Name }
>;
export type ParametersEvent = ReturnType<typeof decodeParameters>[number];

export interface MarketLog {
  readonly market: readonly MarketEvent[];
  readonly parameters: readonly ParametersEvent[];
  /** Block times in seconds, asked for once each. */
  timeOf(blockNumber: bigint): Promise<number>;
}

/** Reads every event of a market and its parameters from `fromBlock` on. */
export async function readMarketLog(
  client: PublicClient,
  market: Address,
  fromBlock: bigint,
): Promise<MarketLog> {
  const latest = await client.getBlockNumber({ cacheTime: 0 });
  const parametersAddress = await client.readContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "parameters" },
  });
  const logs: Log[] = [];
  for (let from = fromBlock; from <= latest; from += RANGE) {
    const toBlock = from + RANGE - 1n < latest ? from + RANGE - 1n : latest;
    logs.push(
      ...(await client.getLogs({ address: [market, parametersAddress], fromBlock: from, toBlock })),
    );
  }
  const of = (address: Address) =>
    logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const times = new Map<bigint, Promise<number>>();
  return {
    market: decodeMarket(market, of(market)),
    parameters: decodeParameters(of(parametersAddress)),
    timeOf(blockNumber) {
      let time = times.get(blockNumber);
      if (!time) {
        time = client.getBlock({ blockNumber }).then((block) => Number(block.timestamp));
        times.set(blockNumber, time);
      }
      return time;
    },
  };
}

/** Whether `a` happened before `b`. */
export function before(
  a: Pick<Log<bigint, number, false>, "blockNumber" | "logIndex">,
  b: Pick<Log<bigint, number, false>, "blockNumber" | "logIndex">,
): boolean {
  if (a.blockNumber !== b.blockNumber) return a.blockNumber < b.blockNumber;
  return a.logIndex < b.logIndex;
}

function decodeMarket(market: Address, logs: Log[]): MarketEvent[] {
  return parseMarketLogs(market, mined(logs));
}

function decodeParameters(logs: Log[]) {
  return parseEventLogs({ abi: decoParametersAbi, logs: mined(logs) });
}

/** Ranges of mined blocks hold mined logs only; the types do not know. */
function mined(logs: Log[]): Log<bigint, number, false>[] {
  return logs.filter((log): log is Log<bigint, number, false> => log.blockNumber !== null);
}
