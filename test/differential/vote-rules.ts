/**
 * The vote as DESIGN states it, in "Policy: replicated", and nothing else: no hashes, no packed words, none of the SDK's model.
 * A vote names what a seat's tag stands for; the translation into hashes is `wire.ts`'s.
 */

/** What a revealed tag was made from. An honest one names its own round. */
export interface TagMeaning {
  readonly round: number;
  /** Index of a result. */
  readonly result: number;
}

export type SeatState =
  | { readonly is: "seated" }
  | { readonly is: "withheld" }
  | { readonly is: "abstained" }
  | { readonly is: "revealed"; readonly tag: TagMeaning };

export interface VotingSeat {
  readonly round: number;
  /** Trust at the time of the seat, in tenths. */
  readonly trust: number;
  readonly state: SeatState;
}

export interface VoteCase {
  /** In the order of the roster. */
  readonly seats: readonly VotingSeat[];
  readonly rounds: number;
  /** The result that is opened, by index. */
  readonly opened: number;
  /** "Capped at 3 × the smallest": the 3. */
  readonly weightCap: number;
  readonly thresholdBps: number;
  readonly minAgreeing: number;
  readonly minWeight: number;
}

export interface VoteVerdict {
  readonly accepted: boolean;
  /** W(result). */
  readonly weight: number;
  /** Σ W. */
  readonly total: number;
  /** Places in the roster of the seats that agree. */
  readonly agreeing: readonly number[];
  /** Places of the seats that a failed vote consoles. */
  readonly consoled: readonly number[];
}

/** Counts a vote. */
export function judgeVote(vote: VoteCase): VoteVerdict {
  const weights = weigh(vote);
  const everybody = [...weights.keys()];
  const agreeing = everybody.filter((at) => {
    const { round, state } = seatAt(vote, at);
    // The result is opened once; what links it to a tag is the round of the seat.
    return state.is === "revealed" && state.tag.result === vote.opened && state.tag.round === round;
  });
  const weight = sum(weights, agreeing);
  const total = sum(weights, everybody);
  // score ≥ threshold, without a division; without any committed weight there is no score.
  const enough = total > 0 && weight * 10_000 >= total * vote.thresholdBps;
  return {
    accepted: enough && agreeing.length >= vote.minAgreeing && weight >= vote.minWeight,
    weight,
    total,
    agreeing,
    consoled: largestGroup(vote, weights),
  };
}

/**
 * "Weight T_i, the trust at the time of the seat, capped at 3 × the smallest among all committed, non-abstaining seats of
 * the task": of the seats that committed, whether they revealed or not.
 */
function weigh({ seats, weightCap }: VoteCase): Map<number, number> {
  const trusts = new Map<number, number>();
  seats.forEach(({ state, trust }, at) => {
    if (state.is === "withheld" || state.is === "revealed") trusts.set(at, trust);
  });
  const cap = weightCap * Math.min(...trusts.values());
  return new Map([...trusts].map(([at, trust]) => [at, trust > cap ? cap : trust]));
}

/** "The largest single-round tag group by weight … if the group has two members (a tie pays none)." */
function largestGroup(vote: VoteCase, weights: ReadonlyMap<number, number>): readonly number[] {
  const groups = new Map<string, number[]>();
  for (const at of weights.keys()) {
    const { round, state } = seatAt(vote, at);
    if (state.is !== "revealed") continue;
    const name = `seats of round ${round} with ${state.tag.result} of round ${state.tag.round}`;
    groups.set(name, [...(groups.get(name) ?? []), at]);
  }
  const heaviest = Math.max(...[...groups.values()].map((members) => sum(weights, members)));
  const winners = [...groups.values()].filter((members) => sum(weights, members) === heaviest);
  const [winner = []] = winners;
  return winners.length === 1 && winner.length >= 2 ? winner : [];
}

function seatAt(vote: VoteCase, at: number): VotingSeat {
  const seat = vote.seats[at];
  if (seat === undefined) throw new RangeError(`There is no seat ${at}.`);
  return seat;
}

function sum(weights: ReadonlyMap<number, number>, places: readonly number[]): number {
  return places.reduce((total, at) => total + (weights.get(at) ?? 0), 0);
}
