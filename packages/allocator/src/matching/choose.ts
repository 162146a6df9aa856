import type { FreeResources } from "@deco-network/p2p";
import { compareFits, fitOf, type Need, placeIn, type Scarce } from "@deco-network/sdk/capacity";

/** An executor as the choice sees it. */
export interface Candidate {
  readonly provider: number;
  /** Tenths. */
  readonly trust: number;
  /** What its last heartbeat announced, less what it was given since; undefined when none is fresh. */
  readonly free: FreeResources | undefined;
  /** What the heartbeat announced beside; undefined when none is fresh. */
  readonly engines: readonly string[] | undefined;
  /** Seats that it was given lately. */
  readonly given: number;
  /** Whether an offer of it for this seat stands: what it keeps free for it is not in what it announces. */
  readonly promised: boolean;
}

/** What a seat takes. */
export interface Work {
  readonly need: Need;
  /** Undefined for orders of a time when it was not kept. */
  readonly engine: string | undefined;
}

/** A candidate that offers a seat. */
export type Bid<Offer> = Candidate & {
  /** Base units of the request's token. */
  readonly price: bigint;
  readonly offer: Offer;
};

/** Why an executor is not asked, by what its heartbeat lacks. */
export interface Lack {
  readonly of: "engine" | "tasks" | Scarce;
  /** For a person. */
  readonly detail: string;
}

/** What keeps an executor from being asked. Undefined for one that has everything, and for one whose room is unknown. */
function lackOf({ free, engines, promised }: Candidate, { need, engine }: Work): Lack | undefined {
  if (promised) return undefined;
  if (engine !== undefined && engines !== undefined && !engines.includes(engine)) {
    return { of: "engine", detail: `It needs the engine "${engine}".` };
  }
  if (free === undefined) return undefined;
  if (free.tasks < 1) return { of: "tasks", detail: "As many tasks as it takes are under way." };
  const placement = placeIn(free, need);
  return placement.kind === "short" ? placement : undefined;
}

/** Tells those that have everything from what the others lack. */
export function sift<C extends Candidate>(
  candidates: readonly C[],
  work: Work,
): { readonly able: readonly C[]; readonly lacks: readonly Lack[] } {
  const judged = candidates.map((candidate) => ({ candidate, lack: lackOf(candidate, work) }));
  return {
    able: judged.flatMap(({ candidate, lack }) => (lack ? [] : [candidate])),
    lacks: judged.flatMap(({ lack }) => (lack ? [lack] : [])),
  };
}

/**
 * Whom to ask for offers, first those that suit best, of those that lack nothing: those that got fewer seats before others; among
 * equals the best fit, which keeps large room for large work; unknown room after known.
 */
export function rankToAsk<C extends Candidate>(able: readonly C[], { need }: Work): C[] {
  return [...able].sort(
    (a, b) => a.given - b.given || compareFit(a, b, need) || byTrustThenId(a, b),
  );
}

/**
 * Who gets the seats: by price, then trust; among equals whoever got fewer seats lately, then the
 * best fit, then the lowest id. Undefined when there are too few bids.
 */
export function chooseSeats<Offer>(
  bids: readonly Bid<Offer>[],
  seats: number,
  { need }: Work,
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

/** Unknown room counts as the loosest fit. */
function compareFit(a: Candidate, b: Candidate, need: Need): number {
  const [one, other] = [a, b].map(({ free }) => free && fitOf(free, need));
  if (one === undefined || other === undefined) return Number(!one) - Number(!other);
  return compareFits(one, other);
}

function byTrustThenId(a: Candidate, b: Candidate): number {
  return b.trust - a.trust || a.provider - b.provider;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
