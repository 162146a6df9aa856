import type { Random } from "./random.ts";
import type { SeatState, VoteCase, VotingSeat } from "./vote-rules.ts";

/** How a task's providers behave; each case has one mood, so that all ends of a vote come up often. */
const moods = ["agreement", "majority", "split", "chaos", "absence"] as const;

/** Trusts whose threefold, sums and shares meet each other and the cap exactly. */
const trusts = [10, 10, 10, 11, 20, 29, 30, 31, 33, 34, 60, 99, 100];

/** A vote of 1 to 16 seats in 1 to 15 rounds. */
export function randomVote(random: Random): VoteCase {
  const mood = random.pick(moods);
  const alike = random.below(3) === 0;
  const rounds = random.pick([1, 1, 2, 2, 3, 4, 15]);
  const trust = random.pick(trusts);
  const seats = Array.from({ length: 1 + random.below(16) }, (): VotingSeat => {
    const round = 1 + random.below(rounds);
    return {
      round,
      trust: alike ? trust : random.below(5) === 0 ? 10 + random.below(91) : random.pick(trusts),
      state: stateOf(random, mood, round),
    };
  });
  const weight = seats.reduce((sum, seat) => sum + seat.trust, 0);
  return {
    seats,
    rounds,
    opened: random.below(8) === 0 ? 1 : 0,
    weightCap: random.pick([1, 2, 3, 3, 3, 10]),
    thresholdBps: random.pick([5_001, 6_000, 6_000, 6_667, 7_500, 5_001 + random.below(2_500)]),
    minAgreeing: random.pick([1, 2]),
    minWeight: random.pick([0, 0, 30, 60, 90, random.below(weight + 20), weight]),
  };
}

function stateOf(random: Random, mood: (typeof moods)[number], round: number): SeatState {
  const fate = random.below(100);
  const present = { agreement: 97, majority: 90, split: 94, chaos: 70, absence: 35 }[mood];
  if (fate >= present) {
    return { is: random.pick(["seated", "withheld", "withheld", "abstained"] as const) };
  }
  const results = { agreement: 1, majority: 3, split: 2, chaos: 4, absence: 2 }[mood];
  const result =
    mood === "majority" && random.below(3) > 0 ? 0 : random.below(Math.max(1, results));
  // Now and then somebody copies the tag of an earlier round.
  const copies = mood === "chaos" && round > 1 && random.below(6) === 0;
  return { is: "revealed", tag: { round: copies ? round - 1 : round, result } };
}
