import {
  type SettlingSeat,
  type StakeState,
  seatOutcomeOf,
  type TrustState,
} from "@deco-network/sdk";
import type { Hex } from "viem";

import type { EventOf, MarketEvent } from "./market-log.ts";
import type { ProviderHistory } from "./provider-history.ts";

export interface RoundEvidence {
  readonly round: number;
  readonly wanted: number;
  openedAt: number;
  seedBlock: number;
  /** When the round filled, and when its reveals opened; unknown while it has not. */
  filledAt?: number;
  revealsAt?: number;
}

export interface SeatEvidence {
  readonly provider: number;
  readonly round: number;
  readonly takenAt: number;
  readonly trust: number;
  readonly early: boolean;
  readonly priceFraction: bigint;
  /** What its provider offered, when the allocator gave the seat; absent when it was drawn. */
  readonly assigned?: {
    readonly price: bigint;
    /** EIP-712 hash of the offer; zero when the round was opened folded, which tells none. */
    readonly offer: Hex;
    /** Whether governance listed the allocator as trust-moving. */
    readonly movesTrust: boolean;
  };
  /** The provider's stake and trust by all earlier events; absent when none registers it. */
  readonly stake?: StakeState;
  readonly trustBefore?: TrustState;
  status: SettlingSeat["status"] | "declined";
  commitment?: { readonly value: Hex; readonly time: number };
  reveal?: { readonly tag: Hex; readonly salt: Hex; readonly time: number };
  end?: {
    readonly outcome: string;
    readonly paid: bigint;
    readonly slashed: bigint;
    readonly trust: number;
    readonly debt: number;
    /** Trust just before, by all earlier events. */
    readonly before?: TrustState;
  };
}

/** Seats taken, declined and ended, by every way to get one. */
export function takeSeats(
  event: MarketEvent,
  time: number,
  seats: Map<number, SeatEvidence>,
  history: ProviderHistory,
  movesTrust: boolean,
): void {
  if (isSeating(event)) {
    const { provider, round, trust, early, priceFraction } = event.args;
    const state = history.of(provider);
    seats.set(provider, {
      ...{ provider, round, takenAt: time, trust, early, priceFraction: BigInt(priceFraction) },
      ...(event.eventName === "SeatAssigned"
        ? { assigned: { price: event.args.price, offer: event.args.offer, movesTrust } }
        : {}),
      ...(state ? { stake: state.stake, trustBefore: state.trust } : {}),
      status: "taken",
    });
  } else if (event.eventName === "SeatDeclined") {
    const seat = seats.get(event.args.provider);
    if (seat) seat.status = "declined";
  } else if (event.eventName === "SeatEnded") {
    const { provider, outcome, paid, slashed, trust, debt } = event.args;
    const seat = seats.get(provider);
    const trustBefore = history.of(provider)?.trust;
    if (!seat) return;
    seat.end = {
      ...{ outcome: seatOutcomeOf(outcome), paid, slashed, trust, debt },
      ...(trustBefore ? { before: trustBefore } : {}),
    };
  }
}

/** Commitments, abstentions and reveals. */
export function takeVotes(
  event: MarketEvent,
  time: number,
  seats: Map<number, SeatEvidence>,
): void {
  if (event.eventName === "Committed") {
    const seat = seats.get(event.args.provider);
    if (!seat) return;
    seat.status = "committed";
    seat.commitment = { value: event.args.commitment, time };
  } else if (event.eventName === "SeatAbstained") {
    const seat = seats.get(event.args.provider);
    if (seat) seat.status = "abstained";
  } else if (event.eventName === "Revealed") {
    const seat = seats.get(event.args.provider);
    if (!seat) return;
    seat.status = "revealed";
    seat.reveal = { tag: event.args.tag, salt: event.args.salt, time };
  }
}

/** Openings of rounds, when they filled, and when their reveals opened. */
export function takeRounds(
  event: MarketEvent,
  time: number,
  rounds: RoundEvidence[],
  seats: ReadonlyMap<number, SeatEvidence>,
  commitWindow: number,
): void {
  if (event.eventName === "RoundOpened") {
    const { round, seats: wanted, seedBlock } = event.args;
    rounds.push({ round, wanted, openedAt: time, seedBlock });
    return;
  }
  const current = rounds.at(-1);
  if (!current) return;
  if (event.eventName === "Reseeded") {
    current.openedAt = time;
    current.seedBlock = event.args.seedBlock;
  }
  const own = [...seats.values()].filter(
    (seat) => seat.round === current.round && seat.status !== "declined",
  );
  const voters = own.filter((seat) => seat.status !== "taken").length;
  if (event.eventName === "SeatDeclined") delete current.filledAt;
  if (isSeating(event) && own.length === current.wanted) current.filledAt = time;
  if (current.filledAt === undefined) return;
  const opensByItself = current.filledAt + commitWindow;
  if (voters === current.wanted) current.revealsAt ??= Math.min(time, opensByItself);
  else if (time > opensByItself) current.revealsAt ??= opensByItself;
}

/** Both ways to get a seat: drawn by sortition, or given by the request's allocator. */
function isSeating(event: MarketEvent): event is EventOf<"SeatTaken"> | EventOf<"SeatAssigned"> {
  return event.eventName === "SeatTaken" || event.eventName === "SeatAssigned";
}
