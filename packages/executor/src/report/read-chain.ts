import {
  decoMarketAbi,
  type MarketEvent,
  type MarketEventName,
  parseMarketLogs,
  type Request,
  type SeatOutcome,
  seatOutcomeOf,
} from "@deco-network/sdk";
import {
  type Address,
  encodeEventTopics,
  type Hash,
  type Hex,
  type Log,
  numberToHex,
  type PublicClient,
  pad,
} from "viem";

import type { GasRecord } from "../records/records.ts";

export interface ChainOptions {
  readonly client: PublicClient;
  readonly market: Address;
  readonly provider: number;
  /** First block that can hold the market's events. */
  readonly startBlock: number;
  readonly signal: AbortSignal;
}

export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** How a seat or a hold of the provider ended, or what it proved without a seat. */
export interface SeatResult {
  /** The task's id, or a panel's. */
  readonly id: Hash;
  readonly outcome: SeatOutcome | "declined" | "proven";
  /** Base units of the request's token. */
  readonly paid: bigint;
  /** DECO base units; of a declined seat its fee. */
  readonly lost: bigint;
  /** DECO base units, out of what the holder of a seat lost that this provider has rescued. */
  readonly bounty?: bigint;
  readonly block: number;
}

/** What an own transaction cost, and what its caller was credited for it. */
export interface TransactionCost {
  readonly hash: Hash;
  readonly block: number;
  readonly wei: bigint;
  /** Ids of tasks and panels whose end or next round it brought: each is worth a settlement fee. */
  readonly ended: readonly Hash[];
}

/** Blocks per question, for endpoints that bound it. */
const RANGE = 10_000;

/** Seats of the provider that ended within the blocks, and what it proved without one, oldest first. */
export async function readSeatResults(
  options: ChainOptions,
  range: BlockRange,
): Promise<SeatResult[]> {
  const provider = pad(numberToHex(options.provider), { size: 32 });
  const [own, agreed, proven] = await Promise.all([
    // The task is the first indexed argument, the provider the second.
    readLogs(options, range, [[topicOf("SeatEnded"), topicOf("SeatDeclined")], null, provider]),
    // One event tells of all seats of a round that agreed.
    readLogs(options, range, [topicOf("TaskAgreed")]),
    // The policy stands before the provider.
    readLogs(options, range, [
      ...[[topicOf("TaskProven"), topicOf("ResultProven")], null, null, provider],
    ]),
  ]);
  const results: SeatResult[] = [];
  const unseated: SeatResult[] = [];
  for (const event of parseMarketLogs(options.market, [...own, ...agreed, ...proven])) {
    const block = Number(event.blockNumber);
    if (event.eventName === "SeatDeclined") {
      const { taskId, fee } = event.args;
      results.push({ id: taskId, outcome: "declined", paid: 0n, lost: fee, block });
    } else if (event.eventName === "SeatEnded" && event.args.provider === options.provider) {
      const { taskId, outcome, paid, slashed } = event.args;
      results.push({ id: taskId, outcome: seatOutcomeOf(outcome), paid, lost: slashed, block });
    } else if (event.eventName === "ResultProven" && event.args.provider === options.provider) {
      const { taskId, paid, bounty } = event.args;
      unseated.push({ id: taskId, outcome: "proven", paid, lost: 0n, bounty, block });
    }
  }
  // Whoever proves for its own seat is told of twice: the seat's end has the pay.
  const seated = new Set(results.flatMap(({ id, outcome }) => (outcome === "agreed" ? [id] : [])));
  results.push(...unseated.filter(({ id }) => !seated.has(id)));
  return results.sort((a, b) => a.block - b.block);
}

/** Topics of whatever tells a request. */
const POSTS = [topicOf("TaskPosted"), topicOf("OrderPosted"), topicOf("OrderHeld")];

/** The request behind each task or panel, and the task's id; those whose post the endpoint does not have are missing. */
export async function readRequests(
  options: ChainOptions,
  ids: ReadonlySet<Hash>,
): Promise<Map<Hash, { readonly task: Hash; readonly request: Request }>> {
  const { startBlock: from, client } = options;
  const range = { from, to: Number(await client.getBlockNumber({ cacheTime: 0 })) };
  const found = new Map<Hash, { task: Hash; request: Request }>();
  for (const id of ids) {
    const [panel] = parsed(
      options,
      await readLogs(options, range, [topicOf("PanelOpened"), null, id]),
    );
    const task = panel?.eventName === "PanelOpened" ? panel.args.taskId : id;
    const [post] = parsed(options, await readLogs(options, range, [POSTS, task]));
    if (post?.eventName === "TaskPosted") found.set(id, { task, request: post.args.request });
  }
  return found;
}

/** What recorded transactions cost; those that are on no chain any more are left out. */
export async function readCosts(
  { client, market, signal }: ChainOptions,
  records: readonly GasRecord[],
): Promise<(TransactionCost & { readonly record: GasRecord })[]> {
  const costs: (TransactionCost & { record: GasRecord })[] = [];
  for (const record of records) {
    signal.throwIfAborted();
    const receipt = await client
      .getTransactionReceipt({ hash: record.hash })
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return null;
        throw error;
      });
    if (!receipt) continue;
    // Rollups charge for the data beside the gas.
    const { l1Fee } = receipt as { readonly l1Fee?: Hex | bigint | null };
    costs.push({
      ...{ record, hash: record.hash, block: Number(receipt.blockNumber) },
      wei: receipt.gasUsed * receipt.effectiveGasPrice + BigInt(l1Fee ?? 0),
      ended: parseMarketLogs(market, receipt.logs).flatMap((event) => endedBy(event)),
    });
  }
  return costs;
}

/** The task or panel whose end or further round an event tells of: whoever calls for it is credited a settlement fee. */
function endedBy(event: MarketEvent): readonly Hash[] {
  switch (event.eventName) {
    case "TaskSettled":
    case "TaskAccepted":
    case "TaskFinalized":
    case "TaskEnded":
      return [event.args.taskId];
    case "PanelDecided":
    case "PanelFailed":
      return [event.args.panelId];
    case "RoundOpened":
      return event.args.round > 1 ? [event.args.taskId] : [];
    default:
      return [];
  }
}

/** The blocks of a span of time: from the first at or after `from` to the last before `to`, in seconds. */
export async function blocksWithin(
  { client, startBlock }: Pick<ChainOptions, "client" | "startBlock">,
  from: number | undefined,
  to: number | undefined,
): Promise<BlockRange> {
  const latest = Number(await client.getBlockNumber({ cacheTime: 0 }));
  const firstAt = async (second: number) => {
    let [low, high] = [startBlock, latest + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const { timestamp } = await client.getBlock({ blockNumber: BigInt(middle) });
      if (Number(timestamp) >= second) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    from: from === undefined ? startBlock : await firstAt(from),
    to: to === undefined ? latest : (await firstAt(to)) - 1,
  };
}

function parsed({ market }: ChainOptions, logs: readonly Log[]): MarketEvent[] {
  return parseMarketLogs(market, logs);
}

function topicOf(eventName: MarketEventName): Hex {
  const [topic] = encodeEventTopics({ abi: decoMarketAbi, eventName });
  return topic as Hex;
}

type Topics = readonly (Hex | readonly Hex[] | null)[];

async function readLogs(
  { client, market, signal }: ChainOptions,
  { from, to }: BlockRange,
  topics: Topics,
): Promise<Log[]> {
  const { formatLog } = await import("viem");
  const logs: Log[] = [];
  for (let start = from; start <= to; start += RANGE) {
    signal.throwIfAborted();
    const filter = {
      address: market,
      topics: topics.map((topic) => (Array.isArray(topic) ? [...topic] : topic)) as Hex[],
      fromBlock: numberToHex(start),
      toBlock: numberToHex(Math.min(to, start + RANGE - 1)),
    };
    const found = await client.request({ method: "eth_getLogs", params: [filter] });
    logs.push(...found.map((log) => formatLog(log)));
  }
  return logs;
}
