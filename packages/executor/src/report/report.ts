import { join } from "node:path";

import type { Address, Hash, PublicClient } from "viem";

import { connectChain } from "../chain/chain-client.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import { RECORDS_FILE, Records } from "../records/records.ts";
import { createLogger } from "../runtime/logger.ts";
import { type ProfitAndLoss, profitAndLoss } from "./profit-and-loss.ts";
import {
  type BlockRange,
  blocksWithin,
  readCosts,
  readRequests,
  readSeatResults,
} from "./read-chain.ts";

export interface ReportOptions {
  readonly config: ExecutorConfig;
  readonly provider: number;
  /** DECO's address. */
  readonly deco: Address;
  /** Seconds; the first that counts. */
  readonly from?: number;
  /** Seconds; the first that does not count any more. */
  readonly to?: number;
  readonly signal: AbortSignal;
}

export interface Report extends ProfitAndLoss {
  readonly provider: number;
  readonly blocks: BlockRange;
  /** Records of gas and energy begin with the executor's first start with them. */
  readonly recorded: boolean;
}

/**
 * A provider's profit and loss within a span of time: payments, slashes and fees from the chain's events, gas from the receipts of recorded
 * transactions, energy from recorded runs. Also while the executor runs.
 * @throws ExecutorError `chain-unreachable`, `chain-mismatch`, `records-unusable`
 */
export async function makeReport(options: ReportOptions): Promise<Report> {
  const { config } = options;
  const connection = await connectChain({
    ...{ ...config.chain, chainId: config.chain.id, logger: createLogger("silent") },
    // Nothing is followed here: what is read is final long since.
    isCanonical: () => undefined,
  });
  try {
    return await reportBy(connection.client, options);
  } finally {
    connection.close();
  }
}

async function reportBy(client: PublicClient, options: ReportOptions): Promise<Report> {
  const { config, provider, deco, from, to, signal } = options;
  const { market, startBlock } = config.chain;
  const chain = { client, market, provider, startBlock, signal };
  const blocks = await blocksWithin(chain, from, to);
  const seats = await readSeatResults(chain, blocks);
  const records = Records.openToRead(join(config.dataFolder, RECORDS_FILE));
  try {
    const within = ({ block }: { readonly block: number }) =>
      block >= blocks.from && block <= blocks.to;
    const costs = await readCosts(chain, (records?.gas() ?? []).filter(within));
    const usage = (records?.usage() ?? []).filter(
      ({ at }) => at >= (from ?? 0) * 1_000 && at < (to ?? Number.POSITIVE_INFINITY) * 1_000,
    );
    const ids = new Set<Hash>([
      ...seats.map(({ id }) => id),
      ...costs.flatMap(({ ended, record }) => [...ended, ...(record.key ? [record.key.task] : [])]),
      ...usage.map(({ key }) => key.task),
    ]);
    const requests = await readRequests(chain, ids);
    const { energy } = config;
    const figures = profitAndLoss({ deco, seats, costs, usage, requests, energy });
    return { provider, blocks, recorded: records !== undefined, ...figures };
  } finally {
    records?.close();
  }
}
