import type { Hex } from "viem";
import { tagOf, votePrefix } from "../digests/vote.ts";
import type { Request } from "../request.ts";

/** A seat as the vote sees it. Declined seats are no seats. */
export interface VoteSeat {
  readonly provider: number;
  readonly round: number;
  /** Trust index when the seat was taken, in tenths. */
  readonly trust: number;
  readonly status: "taken" | "committed" | "revealed" | "abstained";
  /** The revealed tag; the first 24 bytes decide. */
  readonly tag?: Hex;
}

/** The count of a vote over all rounds of a task. */
export interface VoteCount {
  /** Weight of the seats that agree. */
  readonly weight: number;
  /** Weight of every committed seat, revealed or not: withholding must not raise a score. */
  readonly total: number;
  /** Providers that agree, in the order of the seats. */
  readonly agreeing: readonly number[];
}

export interface CountParameters {
  readonly taskId: Hex;
  readonly seats: readonly VoteSeat[];
  /** Digest of the result document, or a bag's keccak256(root || manifest). */
  readonly result: Hex;
  /** Weights are capped at this multiple of the smallest. */
  readonly weightCap: number;
}

/** Counts the seats whose tag opens to a result; a tag binds its round, so each round has its own. */
export function countVotes({ taskId, seats, result, weightCap }: CountParameters): VoteCount {
  const weightOf = weigher(seats, weightCap);
  const agrees = (seat: VoteSeat) =>
    seat.status === "revealed" &&
    seat.tag !== undefined &&
    votePrefix(seat.tag) === votePrefix(tagOf(taskId, seat.round, result));
  const agreeing = seats.filter(agrees);
  return {
    weight: sum(agreeing.map(weightOf)),
    total: sum(seats.filter(hasVoted).map(weightOf)),
    agreeing: agreeing.map((seat) => seat.provider),
  };
}

/** Whether a count settles the task. */
export function isAccepted(
  count: VoteCount,
  terms: Pick<Request, "thresholdBps" | "minAgreeing" | "minWeight">,
): boolean {
  return (
    count.weight > 0 &&
    count.agreeing.length >= terms.minAgreeing &&
    count.weight >= terms.minWeight &&
    count.weight * 10_000 >= terms.thresholdBps * count.total
  );
}

/**
 * After a failed vote: the heaviest group of equal tags within one round, if it has two members and
 * no rival of the same weight. Its members get a share of their price.
 * @returns Providers, in the order of the seats; empty when there is no such group.
 */
export function largestGroup(seats: readonly VoteSeat[], weightCap: number): number[] {
  const weightOf = weigher(seats, weightCap);
  const groups = new Map<string, VoteSeat[]>();
  for (const seat of seats) {
    if (seat.status !== "revealed" || seat.tag === undefined) continue;
    const key = `${seat.round}:${votePrefix(seat.tag)}`;
    groups.set(key, [...(groups.get(key) ?? []), seat]);
  }
  const weighed = [...groups.values()]
    .map((members) => ({ members, weight: sum(members.map(weightOf)) }))
    .sort((a, b) => b.weight - a.weight);
  const [first, second] = weighed;
  if (first === undefined || first.members.length < 2) return [];
  if (second !== undefined && second.weight === first.weight) return [];
  return first.members.map((seat) => seat.provider);
}

/** Weight of a seat: its trust, capped at a multiple of the smallest among all committed seats. */
function weigher(seats: readonly VoteSeat[], weightCap: number): (seat: VoteSeat) => number {
  const cap = Math.min(...seats.filter(hasVoted).map((seat) => seat.trust)) * weightCap;
  return (seat) => Math.min(seat.trust, cap);
}

function hasVoted(seat: VoteSeat): boolean {
  return seat.status === "committed" || seat.status === "revealed";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
