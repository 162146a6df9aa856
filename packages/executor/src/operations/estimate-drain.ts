import type { MarketDomain, Request } from "@deco-network/sdk";
import type { Hash } from "viem";

import { BOUND_STATES } from "../assignments/states.ts";
import type { Journal } from "../journal/journal.ts";
import type { MarketReader } from "../market/market-reader.ts";
import { panelOf } from "../market/panel.ts";
import { type Phase, phaseOf } from "../market/phase.ts";
import { decodeRequest } from "../market/request.ts";

export interface DrainSources {
  readonly journal: Journal;
  readonly market: MarketReader;
  readonly domain: MarketDomain;
  /** Second of the chain's clock. */
  readonly now: number;
}

/** One lock that is still bound. */
export interface BoundSeat {
  readonly task: Hash;
  readonly round: number;
  readonly state: string;
  readonly phase: Phase["name"];
  /** Second of the chain's clock at which its task is over if no panel is asked and no further round opens. */
  readonly freeBy: number;
}

export interface DrainEstimate {
  readonly seats: readonly BoundSeat[];
  /** Offers that may still become seats. */
  readonly promised: number;
  /** When the last lock is free, by the deadlines; usually it is sooner. Absent when all are free. */
  readonly freeBy?: number;
}

/** When the last lock is free if no new seat is taken. */
export async function estimateDrain(sources: DrainSources): Promise<DrainEstimate> {
  const { journal, market, domain, now } = sources;
  const seats: BoundSeat[] = [];
  for (const { key, state, request: encoded, postedBlock } of journal.assignmentsIn([
    ...BOUND_STATES,
    "settling",
    "abstained",
  ])) {
    const request = decodeRequest(encoded);
    const view = await market.task(key.task, { fromBlock: postedBlock });
    const terms =
      view.kind === "live" ? await market.terms(view.task.parameters) : { settleWindow: 0 };
    const phase = phaseOf(view, request, terms, now);
    const panel = panelOf(key.task, request, domain) !== undefined;
    const freeBy = Math.max(now, freeAt(phase, request, terms.settleWindow, panel, now));
    seats.push({ task: key.task, round: key.round, state, phase: phase.name, freeBy });
  }
  const last = seats.reduce((latest, { freeBy }) => Math.max(latest, freeBy), 0);
  const promised = journal.offersOpen(now).length;
  return { seats, promised, ...(seats.length > 0 && { freeBy: last }) };
}

function freeAt(
  phase: Phase,
  request: Request,
  settleWindow: number,
  panel: boolean,
  now: number,
): number {
  // What panels decide is not disputed in windows of its own.
  const windows = panel ? 0 : Math.max(request.challengeWindow, request.deliveryWindow);
  const afterCommit = request.revealWindow + settleWindow + windows;
  switch (phase.name) {
    case "open":
      // A replica's seat is given back now; only a round that fills at this moment keeps it.
      return panel ? phase.closesAt + request.commitWindow + afterCommit : now;
    case "executing":
      return phase.closesAt + afterCommit;
    case "revealing":
      return phase.closesAt + settleWindow + windows;
    case "counting":
      return phase.closesAt + windows;
    case "accepted":
      return phase.closesAt;
    default:
      return now;
  }
}
