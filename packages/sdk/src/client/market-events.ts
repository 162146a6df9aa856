import type { Address, ContractEventName, Log, ParseEventLogsReturnType } from "viem";
import { isAddressEqual, parseEventLogs } from "viem";
import { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import { expandEvents } from "./expand-events.ts";

export type MarketEventName = ContractEventName<typeof decoMarketAbi>;

/** An event of the market; narrow it by `eventName`. */
export type MarketEvent = ParseEventLogsReturnType<typeof decoMarketAbi, undefined, true>[number];

/** An event of one name. */
export type MarketEventOf<Name extends MarketEventName> = Extract<MarketEvent, { eventName: Name }>;

/**
 * Decodes the market's logs and drops those of other contracts. Events that tell several things at once come with the
 * ordinary ones that tell the same, see {@link expandEvents}.
 */
export function parseMarketLogs(market: Address, logs: readonly Log[]): MarketEvent[] {
  const events = parseEventLogs({
    abi: decoMarketAbi,
    logs: logs.filter((log) => isAddressEqual(log.address, market)),
  });
  return expandEvents(events);
}

/** Events of one name, in order. */
export function eventsNamed<Name extends MarketEventName>(
  events: readonly MarketEvent[],
  name: Name,
): MarketEventOf<Name>[] {
  return events.filter((event): event is MarketEventOf<Name> => event.eventName === name);
}

/**
 * The event that a successful call always emits.
 * @throws DecoUsageError `event-missing` when the address is no market.
 */
export function eventOf<Name extends MarketEventName>(
  market: Address,
  receipt: { readonly logs: readonly Log[]; readonly transactionHash: string },
  name: Name,
): MarketEventOf<Name> {
  const [event] = eventsNamed(parseMarketLogs(market, receipt.logs), name);
  if (event !== undefined) return event;
  const what = `transaction ${receipt.transactionHash} emitted no ${name}`;
  throw new DecoUsageError("event-missing", what, {
    remedy: `Check that ${market} is a market of Deco.`,
  });
}

/** Providers with a seat by these events of one task or panel, declined ones excepted, ascending: what `settle` wants. */
export function rosterOf(events: readonly MarketEvent[]): number[] {
  const seats = new Set<number>();
  for (const event of events) {
    const { eventName } = event;
    if (eventName === "SeatTaken" || eventName === "SeatAssigned") seats.add(event.args.provider);
    if (eventName === "SeatDeclined") seats.delete(event.args.provider);
  }
  return [...seats].sort((a, b) => a - b);
}
