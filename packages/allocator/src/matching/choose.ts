import type { FreeResources } from "@deco-network/p2p";

/** An executor as the choice sees it. */
export interface Candidate {
  readonly provider: number;
  /** Tenths. */
  readonly trust: number;
  /** What its last heartbeat announced; undefined when none is fresh. */
  readonly free: FreeResources | undefined;
  /** Seats that it was given lately. */
  readonly given: number;
}

/** What a seat needs. */
export interface Need {
  readonly memoryBytes: number;
}

/** A candidate that offers a seat. */
export type Bid<Offer> = Candidate & {
  /** Base units of the request's token. */
  readonly price: bigint;
  readonly offer: Offer;
};

/**
 * Whom to ask for offers, first those that suit best: not those that announce no room; those that
 * got fewer seats before others; among equals the tightest fit, which keeps large room for large
 * work; unknown room after known.
 */
export function rankToAsk<C extends Candidate>(candidates: readonly C[], need: Need): C[] {
  return candidates
    .filter(({ free }) => free === undefined || hasRoom(free, need))
    .sort((a, b) => a.given - b.given || compareFit(a, b, need) || byTrustThenId(a, b));
}

/**
 * Who gets the seats: by price, then trust; among equals whoever got fewer seats lately, then the
 * tightest fit, then the lowest id. Undefined when there are too few bids.
 */
export function chooseSeats<Offer>(
  bids: readonly Bid<Offer>[],
  seats: number,
  need: Need,
): Bid<Offer>[] | undefined {
  const distinct = [...new Map(bids.map((bid) => [bid.provider, bid])).values()];
  if (distinct.length < seats) return undefined;
  return distinct
    .sort(
      (a, b) =>
        compareBig(a.price, b.price) ||
        b.trust - a.trust ||
        a.given - b.given ||
        compareFit(a, b, need) ||
        a.provider - b.provider,
    )
    .slice(0, seats);
}

function hasRoom(free: FreeResources, { memoryBytes }: Need): boolean {
  return free.tasks > 0 && free.memoryBytes >= memoryBytes;
}

function compareFit(a: Candidate, b: Candidate, need: Need): number {
  return leftover(a, need) - leftover(b, need) || slotsOf(a) - slotsOf(b);
}

/** Memory that the seat would leave free; unknown counts as the loosest fit. */
function leftover({ free }: Candidate, { memoryBytes }: Need): number {
  if (free === undefined || !hasRoom(free, { memoryBytes })) return Number.MAX_SAFE_INTEGER;
  return free.memoryBytes - memoryBytes;
}

/** A program that has to wait for a processor is a bad fit whatever the memory. */
function slotsOf({ free }: Candidate): number {
  return free === undefined || free.slots === 0 ? Number.MAX_SAFE_INTEGER : free.slots;
}

function byTrustThenId(a: Candidate, b: Candidate): number {
  return b.trust - a.trust || a.provider - b.provider;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
