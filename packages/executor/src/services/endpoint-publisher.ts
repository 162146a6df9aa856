import type { Journal } from "../journal/journal.ts";
import type { MarketCalls } from "../market/calls.ts";
import type { MarketReader } from "../market/market-reader.ts";
import type { Logger } from "../runtime/logger.ts";

export interface EndpointOptions {
  readonly provider: number;
  readonly market: MarketReader;
  readonly calls: MarketCalls;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly onQueued: () => void;
}

/**
 * Describes where this executor can be reached when the chain says something else: requesters
 * dial the described addresses, and programs and inputs come over those connections.
 * @returns whether a transaction was queued
 */
export async function publishEndpoint(
  endpoint: string,
  options: EndpointOptions,
): Promise<boolean> {
  const { provider, market, calls, journal, logger, onQueued } = options;
  const described = await market.describedEndpoint(provider);
  if (described === endpoint) return false;
  const { metadata } = await market.provider(provider);
  const earlier = journal.latestTransaction("describe", undefined);
  // An unsigned one from before a restart tells old addresses.
  if (earlier?.status === "queued") journal.record({ kind: "transaction-dropped", id: earlier.id });
  journal.record(calls.describe(provider, metadata, endpoint));
  logger.info({ code: "endpoint-changed", endpoint }, "The endpoint is described on-chain.");
  onQueued();
  return true;
}
