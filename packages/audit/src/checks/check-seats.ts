import {
  claimsOpenAt,
  fractionOfPrice,
  isDrawn,
  isEarly,
  MILLI_DECO,
  rampFraction,
  stakeBefore,
  ticketOf,
} from "@deco-network/sdk";
import type { Hex } from "viem";

import type { RoundEvidence, SeatEvidence } from "../evidence/fold-seats.ts";
import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** The seed of a block, or undefined when the endpoint can no longer tell. */
export type SeedReader = (blockNumber: bigint) => Promise<Hex | undefined>;

/**
 * Every seat was drawn by its ticket, in time, at the ramp's price, or given by the request's allocator in its
 * time, at the offered price; and each keeps its provider's trust. A trust-moving allocator leaves a seat of
 * each round to the draw.
 */
export async function checkSeats(
  evidence: TaskEvidence,
  seedOf: SeedReader,
  list: CheckList,
): Promise<void> {
  for (const round of evidence.rounds) {
    const seats = evidence.seats.filter((seat) => seat.round === round.round);
    const kept = seats.filter((seat) => seat.status !== "declined");
    const detail = `${kept.length} seats in a round of ${round.wanted}`;
    list.holds("seat", "round-size", kept.length <= round.wanted, detail, `round ${round.round}`);
    if (seats.length === 0) continue;
    const given = kept.filter(({ assigned }) => assigned?.movesTrust);
    if (given.length > 0) {
      const some = given.length < round.wanted;
      list.holds(
        "seat",
        "round-open-seat",
        some,
        `all ${round.wanted} seats were given`,
        `round ${round.round}`,
      );
    }
    const seed = await seedOf(BigInt(round.seedBlock));
    for (const seat of seats) checkSeat(evidence, seat, round, seed, list);
  }
}

function checkSeat(
  evidence: TaskEvidence,
  seat: SeatEvidence,
  round: RoundEvidence,
  seed: Hex | undefined,
  list: CheckList,
): void {
  const of = `provider ${seat.provider}`;
  const { minTrust } = evidence.request;
  list.equal("seat", "seat-trust", seat.trustBefore?.trust ?? "no identity", seat.trust, of);
  const trusted = seat.trust >= minTrust;
  list.holds("seat", "seat-min-trust", trusted, `trust ${seat.trust} of ${minTrust}`, of);
  if (seat.assigned) checkAssigned(evidence, seat, seat.assigned, round, list);
  else checkDrawn(evidence, seat, round, seed, list);
}

function checkDrawn(
  { request, taskId, postedAt, totalStake }: TaskEvidence,
  seat: SeatEvidence,
  round: RoundEvidence,
  seed: Hex | undefined,
  list: CheckList,
): void {
  const of = `provider ${seat.provider}`;
  const elapsed = seat.takenAt - claimsOpenAt(round.openedAt, request);
  const inWindow = elapsed >= 0 && elapsed <= request.claimWindow;
  list.holds("seat", "seat-in-window", inWindow, `taken ${elapsed} s after claims opened`, of);
  const fraction = rampFraction(Math.max(0, elapsed), request.rampSeconds);
  list.equal("seat", "seat-price", fraction, seat.priceFraction, of);
  list.equal("seat", "seat-early", isEarly(elapsed, request.claimWindow), seat.early, of);
  const drawing = { taskId, request, since: postedAt, totalStake };
  checkTicket({ ...drawing, seat, round, elapsed, seed, subject: "seat" }, list);
}

/** A seat that was drawn, of a task or of a panel. */
export interface Drawing {
  readonly subject: "seat" | "panel";
  /** Of the task, or the panel's id. */
  readonly taskId: Hex;
  readonly request: Pick<TaskEvidence["request"], "claimWindow">;
  readonly seat: SeatEvidence;
  readonly round: RoundEvidence;
  /** Stake counts that was active before this second. */
  readonly since: number;
  /** All of it then, in base units. */
  readonly totalStake: bigint;
  /** Seconds since claims opened. */
  readonly elapsed: number;
  /** Undefined when it is out of reach. */
  readonly seed: Hex | undefined;
}

/** The ticket was below the bound when the seat was taken. */
export function checkTicket(drawing: Drawing, list: CheckList): void {
  const { subject, taskId, request, seat, round, since, totalStake, elapsed, seed } = drawing;
  const of = `provider ${seat.provider}`;
  if (seed === undefined) {
    list.skip(subject, "seat-drawn", `the seed of block ${round.seedBlock} is out of reach`, of);
    return;
  }
  const stake = seat.stake ? stakeBefore(seat.stake, since) : 0n;
  const drawn = isDrawn(ticketOf(seed, taskId, round.round, seat.provider), elapsed, {
    ...{ claimWindow: request.claimWindow, seats: round.wanted, stake },
    totalStake: (totalStake + MILLI_DECO - 1n) / MILLI_DECO,
  });
  list.holds(subject, "seat-drawn", drawn, `the ticket was above the bound ${elapsed} s in`, of);
}

/** A seat that the request's allocator gave: in its time, at the price of the provider's offer. */
function checkAssigned(
  { request, postedAt }: TaskEvidence,
  seat: SeatEvidence,
  { price, movesTrust }: NonNullable<SeatEvidence["assigned"]>,
  round: RoundEvidence,
  list: CheckList,
): void {
  const of = `provider ${seat.provider}`;
  const elapsed = seat.takenAt - round.openedAt;
  const inWindow = elapsed >= 0 && elapsed < request.allocatorWindow;
  list.holds("seat", "seat-in-window", inWindow, `given ${elapsed} s after the opening`, of);
  const agreed = price >= request.minPrice && price <= request.maxPrice;
  list.holds("seat", "seat-agreed-price", agreed, `offered at ${price}`, of);
  list.equal("seat", "seat-price", fractionOfPrice(request, price), seat.priceFraction, of);
  list.equal("seat", "seat-early", movesTrust, seat.early, of);
  const aged = seat.stake !== undefined && stakeBefore(seat.stake, postedAt) >= MILLI_DECO;
  list.holds("seat", "seat-stake", aged, "no stake was active before the post", of);
}
