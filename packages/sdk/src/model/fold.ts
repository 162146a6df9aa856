import type { Hex } from "viem";
import { numberToHex } from "viem";
import { votePrefix } from "../digests/vote.ts";
import type { SeatStatus } from "./names.ts";
import { seatStatusOf } from "./names.ts";
import type { LiveTask } from "./task.ts";
import { abstentionsOf } from "./task.ts";

/** A folded task: what its one word on the chain is the digest of. See `contracts/types/Fold.sol`. */
export interface Fold {
  /** The packed task. */
  readonly task: bigint;
  /** The packed parameters of its post. */
  readonly terms: bigint;
  /** Providers, by ascending id. */
  readonly roster: readonly number[];
  /** Their packed seats, in the same order. */
  readonly seats: readonly bigint[];
}

/** A task's word, as `TaskLib` packs it; times in seconds. */
export interface TaskWord {
  /** Position in `TASK_STATUSES`. */
  readonly status: number;
  readonly round: number;
  readonly seats: number;
  readonly wanted: number;
  readonly taken: number;
  readonly committed: number;
  readonly abstained: number;
  readonly revealed: number;
  /** Two-bit counters of abstentions. */
  readonly reasons: number;
  readonly reseeded: boolean;
  readonly parameters: number;
  readonly postedAt: number;
  readonly openedAt: number;
  readonly phaseAt: number;
  readonly commitWindow: number;
  readonly revealWindow: number;
  readonly seedBlock: number;
  /** Thousandths of a DECO. */
  readonly totalStake: bigint;
}

/** A seat's word, as `SeatLib` packs it. */
export interface SeatWord {
  /** Position in `SEAT_STATUSES`. */
  readonly status: number;
  readonly round: number;
  readonly trust: number;
  readonly early: boolean;
  readonly checkpoints: number;
  readonly priceFraction: bigint;
  readonly value: Hex;
}

const EXECUTING = 2n;
const REVEALING = 3n;
const COMMITTED = 2n;
const OFFSET_MASK = 0xfffffn;

export function unpackTaskWord(word: bigint): TaskWord {
  const field = (shift: bigint, bits: bigint) => Number((word >> shift) & ((1n << bits) - 1n));
  const postedAt = field(69n, 32n);
  return {
    status: field(0n, 4n),
    round: field(4n, 4n),
    seats: field(8n, 5n),
    wanted: field(13n, 5n),
    taken: field(18n, 5n),
    committed: field(23n, 5n),
    abstained: field(28n, 5n),
    revealed: field(33n, 5n),
    reasons: field(38n, 14n),
    reseeded: field(52n, 1n) === 1,
    parameters: field(53n, 16n),
    postedAt,
    openedAt: postedAt + field(101n, 20n),
    phaseAt: postedAt + field(121n, 20n),
    commitWindow: field(141n, 20n),
    revealWindow: field(161n, 20n),
    seedBlock: field(181n, 32n),
    totalStake: word >> 213n,
  };
}

export function unpackSeatWord(word: bigint): SeatWord {
  const field = (shift: bigint, bits: bigint) => (word >> shift) & ((1n << bits) - 1n);
  return {
    status: Number(field(0n, 4n)),
    round: Number(field(4n, 4n)),
    trust: Number(field(8n, 8n)),
    early: field(16n, 1n) === 1n,
    checkpoints: Number(field(17n, 7n)),
    priceFraction: field(24n, 40n),
    value: numberToHex(word >> 64n, { size: 24 }),
  };
}

/**
 * The fold after `commitFolded`.
 * @param commitments by the roster
 * @param timestamp of the block that took them, in seconds
 */
export function committedFold(fold: Fold, commitments: readonly Hex[], timestamp: number): Fold {
  const { postedAt } = unpackTaskWord(fold.task);
  const kept = fold.task & ~(0xfn | (0x1fn << 23n) | (OFFSET_MASK << 121n));
  const task =
    kept | REVEALING | (BigInt(commitments.length) << 23n) | (BigInt(timestamp - postedAt) << 121n);
  const seats = fold.seats.map((seat, index) => {
    const header = (seat & 0xffff_ffff_ffff_ffffn & ~0xfn) | COMMITTED;
    return header | (BigInt(votePrefix(commitments[index] ?? "0x0")) << 64n);
  });
  return { ...fold, task, seats };
}

/** A folded task as `getTask` tells an ordinary one. */
export function taskOfFold(taskId: Hex, fold: Fold): LiveTask {
  const word = unpackTaskWord(fold.task);
  const status = awaitsCommitments(fold) ? "executing" : "revealing";
  return { ...word, taskId, status, reasons: abstentionsOf(word.reasons), folded: true };
}

/** A seat as `getSeat` tells it. */
export type FoldedSeat = Omit<SeatWord, "status"> & { readonly status: SeatStatus };

/** Every seat of a folded task, or of a `TaskFolded` event, by ascending provider id. */
export function seatsOfFold({
  roster,
  seats,
}: Pick<Fold, "roster" | "seats">): readonly (FoldedSeat & { readonly provider: number })[] {
  return roster.map((provider, index) => {
    const seat = unpackSeatWord(seats[index] ?? 0n);
    return { ...seat, provider, status: seatStatusOf(seat.status) };
  });
}

/** A provider's seat of a folded task; undefined when it has none. */
export function seatOfFold(fold: Fold, provider: number): FoldedSeat | undefined {
  const index = fold.roster.indexOf(provider);
  if (index < 0) return undefined;
  const seat = unpackSeatWord(fold.seats[index] ?? 0n);
  return { ...seat, status: seatStatusOf(seat.status) };
}

/** Whether no commitment was brought to the fold yet. */
export function awaitsCommitments({ task }: Fold): boolean {
  return (task & 0xfn) === EXECUTING;
}
