import { type Hold, seatOutcomeOf, type TrustState, unpackHold } from "@deco-network/sdk";

import type { EventOf, MarketEvent } from "./market-log.ts";
import type { ProviderHistory } from "./provider-history.ts";

/** A hold of an order, and what became of its holder. */
export interface HoldEvidence {
  /** The word that the event tells. */
  readonly word: bigint;
  readonly hold: Hold;
  /** Time of its block. */
  readonly at: number;
  /** Version of the governed values at the time. */
  readonly version: number;
  /** DECO in the reserve that it names, by all earlier events; absent when none opened it. */
  readonly reserve?: bigint;
  /** The end of a holder that did not prove. */
  readonly lost?: {
    readonly provider: number;
    readonly outcome: string;
    readonly paid: bigint;
    readonly slashed: bigint;
    readonly trust: number;
    readonly debt: number;
    /** Trust just before, by all earlier events. */
    readonly before?: TrustState;
  };
}

/** Stake that providers set aside for orders, folded from events. */
export class ReserveHistory {
  readonly #amounts = new Map<string, bigint>();

  take(event: MarketEvent): void {
    if (event.eventName === "ReserveOpened") {
      this.#amounts.set(keyOf(event.args), event.args.amount);
    } else if (event.eventName === "ReserveClosed") {
      this.#amounts.delete(keyOf(event.args));
    }
  }

  /** A hold with what was in its reserve then. */
  heldBy({ args }: EventOf<"OrderHeld">): Pick<HoldEvidence, "word" | "hold" | "reserve"> {
    const hold = unpackHold(args.hold);
    const reserve = this.#amounts.get(keyOf(hold));
    return { word: args.hold, hold, ...(reserve === undefined ? {} : { reserve }) };
  }
}

/** The hold with its holder's end, when an event tells it; the providers' history must not have it yet. */
export function withLoss(
  held: HoldEvidence,
  event: MarketEvent,
  history: ProviderHistory,
): HoldEvidence {
  if (event.eventName !== "SeatEnded") return held;
  const { provider, outcome, paid, slashed, trust, debt } = event.args;
  const before = history.of(provider)?.trust;
  const lost = { provider, outcome: seatOutcomeOf(outcome), paid, slashed, trust, debt };
  return { ...held, lost: { ...lost, ...(before ? { before } : {}) } };
}

function keyOf({ provider, index }: { readonly provider: number; readonly index: number }): string {
  return `${provider}/${index}`;
}
