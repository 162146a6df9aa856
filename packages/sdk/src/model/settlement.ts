import type { Hex } from "viem";
import type { Request } from "../request.ts";
import { taskEscrowOf } from "./panels.ts";
import type { TaskParameters } from "./parameters.ts";
import type { Royalties } from "./price.ts";
import { priceAt, priceAtFraction, royaltiesOn, shareDown } from "./price.ts";
import { MILLI_DECO } from "./sortition.ts";
import type { VoteCount, VoteSeat } from "./vote.ts";
import { countVotes, isAccepted, largestGroup } from "./vote.ts";

/** A seat with what its end depends on. */
export interface SettlingSeat extends VoteSeat {
  /** Position on the price ramp when it was taken. */
  readonly priceFraction: bigint;
}

/** How a seat ended; the names of the contracts' `SeatOutcome` in lower case. */
export type SeatOutcomeName =
  | "agreed"
  | "dissented"
  | "withheld"
  | "no-show"
  | "abstained"
  | "released"
  | "consoled"
  | "undelivered";

export interface SeatVerdict {
  readonly provider: number;
  readonly outcome: SeatOutcomeName;
  /** Base units of the payment token. */
  readonly paid: bigint;
  /** Base units of DECO. */
  readonly slashed: bigint;
}

export interface SettlementParameters {
  readonly taskId: Hex;
  readonly request: Request;
  readonly terms: TaskParameters;
  /** Every seat of the task, declined ones excepted. */
  readonly seats: readonly SettlingSeat[];
  /** Rounds that were opened. */
  readonly rounds: number;
}

/** What ending a task pays, takes and gives back. */
export interface Settlement {
  readonly verdicts: readonly SeatVerdict[];
  readonly paid: bigint;
  readonly protocolFee: bigint;
  /** Credited to the owners that the request names; nothing without a result. */
  readonly royalties: Royalties;
  /** Escrow that returns to the requester. */
  readonly refund: bigint;
  /** DECO that the requester gets for replicas that never committed. */
  readonly compensation: bigint;
  /** DECO that leaves the supply. */
  readonly burned: bigint;
}

/** The settlement of a result; `accepted` is false when the vote does not carry it, and nothing else counts then. */
export function settlementOf(
  parameters: SettlementParameters & { readonly result: Hex },
): Settlement & { readonly accepted: boolean; readonly count: VoteCount } {
  const { taskId, request, terms, seats, result } = parameters;
  const count = countVotes({ taskId, seats, result, weightCap: terms.weightCap });
  const verdicts = seats.map((seat): SeatVerdict => {
    const { provider } = seat;
    if (count.agreeing.includes(provider)) {
      const paid = priceAtFraction(request, seat.priceFraction);
      return { provider, outcome: "agreed", paid, slashed: 0n };
    }
    if (seat.status === "revealed") {
      const slashed = shareDown(request.lock, request.dissentBps);
      return { provider, outcome: "dissented", paid: 0n, slashed };
    }
    return faultOf(seat, request, terms);
  });
  return { ...closed(parameters, verdicts, true), accepted: isAccepted(count, request), count };
}

/**
 * The end of a task without a result.
 * @param unfilledRound Round that never filled, whose seats were never asked to work; 0 for none.
 */
export function expiryOf(
  parameters: SettlementParameters & { readonly unfilledRound: number },
): Settlement {
  const { request, terms, seats, unfilledRound } = parameters;
  const consoled = unfilledRound === 1 ? [] : largestGroup(seats, terms.weightCap);
  const verdicts = seats.map((seat): SeatVerdict => {
    const { provider } = seat;
    if (consoled.includes(provider)) {
      const price = priceAtFraction(request, seat.priceFraction);
      return {
        provider,
        outcome: "consoled",
        paid: shareDown(price, terms.failedVoteBps),
        slashed: 0n,
      };
    }
    const unasked = seat.round === unfilledRound && seat.status !== "abstained";
    if (unasked || seat.status === "revealed") {
      return { provider, outcome: "released", paid: 0n, slashed: 0n };
    }
    return faultOf(seat, request, terms);
  });
  return closed(parameters, verdicts, false);
}

/**
 * The end of a task whose policy accepted a proof, or whose judge approved. Of an order see `orderSettlementOf`.
 * @param holder The seat; absent where the task had none.
 * @param elapsed Seconds from the opening to the proof: the price of a task without a seat.
 */
export function proofSettlementOf({
  request,
  terms,
  holder,
  prover,
  elapsed,
}: {
  readonly request: Request;
  readonly terms: TaskParameters;
  readonly holder?: SettlingSeat | undefined;
  readonly prover: number;
  readonly elapsed: number;
}): Settlement & { readonly bounty: bigint } {
  const price =
    holder === undefined
      ? priceAt(request, elapsed)
      : priceAtFraction(request, holder.priceFraction);
  const held = { request, terms, rounds: 1, taskId: "0x", seats: [] } as const;
  if (holder?.provider === prover) {
    const verdict = { provider: prover, outcome: "agreed", paid: price, slashed: 0n } as const;
    return { ...closed(held, [verdict], true), bounty: 0n };
  }
  const verdicts = holder === undefined ? [] : [faultOf(holder, request, terms)];
  const bounty = sum(verdicts.map(({ slashed }) => slashed)) / 2n;
  return { ...closed(held, verdicts, true, { paid: price, awarded: bounty }), bounty };
}

/** The end of a task whose judge found the work wrong. */
export function rejectionOf({
  request,
  terms,
  holder,
}: {
  readonly request: Request;
  readonly terms: TaskParameters;
  readonly holder: SettlingSeat;
}): Settlement {
  const verdict: SeatVerdict =
    holder.status === "abstained"
      ? faultOf(holder, request, terms)
      : {
          ...{ provider: holder.provider, outcome: "dissented", paid: 0n },
          slashed: shareDown(request.lock, request.dissentBps),
        };
  return closed({ request, terms, rounds: 1, taskId: "0x", seats: [] }, [verdict], true);
}

/** Seats that did not reveal. */
export function faultOf(seat: SettlingSeat, request: Request, terms: TaskParameters): SeatVerdict {
  const { provider } = seat;
  if (seat.status === "committed") {
    return { provider, outcome: "withheld", paid: 0n, slashed: request.lock };
  }
  if (seat.status === "abstained") {
    const slashed = shareDown(request.lock, terms.declineBps);
    return { provider, outcome: "abstained", paid: 0n, slashed };
  }
  const slashed = shareDown(request.lock, terms.noShowBps);
  return { provider, outcome: "no-show", paid: 0n, slashed };
}

/** Money that moves at a task's end beside its seats. */
export interface SettlementExtras {
  /** What one without a seat was paid. */
  readonly paid?: bigint;
  /** DECO out of the slashes for whoever mended the harm. */
  readonly awarded?: bigint;
  /** What disputes took out of the escrow. */
  readonly charged?: bigint;
}

/** What ending these seats pays, burns and gives back; the last step of every settlement. */
export function closed(
  { request, terms, rounds }: SettlementParameters,
  verdicts: readonly SeatVerdict[],
  accepted: boolean,
  extras: SettlementExtras = {},
): Settlement {
  const { paid: paidBeside = 0n, awarded = 0n, charged = 0n } = extras;
  const paid = paidBeside + sum(verdicts.map((verdict) => verdict.paid));
  const slashed = sum(verdicts.map((verdict) => verdict.slashed));
  const noShow = sum(
    verdicts.filter((verdict) => verdict.outcome === "no-show").map((verdict) => verdict.slashed),
  );
  const protocolFee = accepted ? shareDown(paid, terms.protocolFeeBps) : 0n;
  const royalties = royaltiesOn(request, accepted ? paid : 0n);
  const onTop = protocolFee + royalties.program + royalties.data;
  const postingFee = BigInt(terms.postingFee) * MILLI_DECO;
  const left = slashed - awarded;
  const compensation = [noShow, left, postingFee].reduce((a, b) => (a < b ? a : b));
  const fees = BigInt(rounds) * request.settlementFee;
  return {
    verdicts,
    paid,
    protocolFee,
    royalties,
    refund: taskEscrowOf(request, terms) - charged - paid - onTop - fees,
    compensation,
    burned: left - compensation,
  };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
