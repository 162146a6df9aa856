import {
  claimsOpenAt,
  isDrawn,
  isEarly,
  MILLI_DECO,
  rampFraction,
  stakeBefore,
  ticketOf,
} from "@deco-network/sdk";
import type { Hex } from "viem";

import type { SeatEvidence, TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** The seed of a block, or undefined when the endpoint can no longer tell. */
export type SeedReader = (blockNumber: bigint) => Promise<Hex | undefined>;

/** Every seat was drawn by its ticket, in time, at the ramp's price and with its provider's trust. */
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
    const seed = await seedOf(BigInt(round.seedBlock));
    for (const seat of seats) checkSeat(evidence, seat, round, seed, list);
  }
}

function checkSeat(
  { request, taskId, postedAt, totalStake }: TaskEvidence,
  seat: SeatEvidence,
  round: TaskEvidence["rounds"][number],
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
  list.equal("seat", "seat-trust", seat.trustBefore?.trust ?? "no identity", seat.trust, of);
  const trusted = seat.trust >= request.minTrust;
  list.holds("seat", "seat-min-trust", trusted, `trust ${seat.trust} of ${request.minTrust}`, of);
  if (seed === undefined) {
    list.skip("seat", "seat-drawn", `the seed of block ${round.seedBlock} is out of reach`, of);
    return;
  }
  const stake = seat.stake ? stakeBefore(seat.stake, postedAt) : 0n;
  const drawn = isDrawn(ticketOf(seed, taskId, round.round, seat.provider), elapsed, {
    ...{ claimWindow: request.claimWindow, seats: round.wanted, stake },
    totalStake: (totalStake + MILLI_DECO - 1n) / MILLI_DECO,
  });
  list.holds("seat", "seat-drawn", drawn, `the ticket was above the bound ${elapsed} s in`, of);
}
