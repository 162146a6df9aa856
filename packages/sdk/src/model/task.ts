import type { Hex } from "viem";
import type { AbstainReason, EndReason } from "./names.ts";
import { ABSTAIN_REASONS } from "./names.ts";

/** A task that has not ended. Times are in seconds of block time. */
export interface LiveTask {
  readonly taskId: Hex;
  /** As stored; after a deadline the phase may be another, see `phaseOf`. */
  readonly status: "open" | "executing" | "revealing";
  /** Current round, from 1. */
  readonly round: number;
  /** Seats taken in all rounds, declined ones excepted. */
  readonly seats: number;
  /** Seats that the current round wants. */
  readonly wanted: number;
  /** Seats taken in the current round. */
  readonly taken: number;
  readonly committed: number;
  readonly abstained: number;
  readonly revealed: number;
  /** Abstentions per reason over all rounds; counters stop at 3. */
  readonly reasons: Readonly<Partial<Record<AbstainReason, number>>>;
  readonly reseeded: boolean;
  /** Version of the parameters at the post. */
  readonly parameters: number;
  readonly postedAt: number;
  readonly openedAt: number;
  /** When the round filled, or reveals opened; equal to `postedAt` while open. */
  readonly phaseAt: number;
  readonly commitWindow: number;
  readonly revealWindow: number;
  /** Block whose randomness seeds the current round. */
  readonly seedBlock: number;
  /** Total active stake at the post, in thousandths of a DECO, rounded up. */
  readonly totalStake: bigint;
  /** Whether the chain keeps it as one word, which most calls need unfolded; see `getFold`. */
  readonly folded: boolean;
}

/** A task whose result was accepted and may still be appealed, audited or claimed undelivered. */
export interface AcceptedTask {
  readonly taskId: Hex;
  readonly status: "accepted";
  /** What the vote accepted: a document's digest, or keccak(root, manifest) for a bag. */
  readonly result: Hex;
  /** Second of block time; the windows count from it. */
  readonly acceptedAt: number;
  /** Numbers of the disputes that were opened. */
  readonly disputes: readonly number[];
  /** Rounds of its vote. */
  readonly round: number;
  /** Version of the parameters at the post. */
  readonly parameters: number;
  /** Block whose randomness draws the audit. */
  readonly seedBlock: number;
  /** Whether that block was replaced once. */
  readonly reseeded: boolean;
}

/** A task with a final result. */
export interface SettledTask {
  readonly taskId: Hex;
  readonly status: "settled";
  /** Providers that agreed. */
  readonly agreeing: number;
  readonly bag: boolean;
  /** Whether a proof policy decided, not a vote. */
  readonly proven: boolean;
  /** Whether the callback of the request has taken the result. */
  readonly delivered: boolean;
  /** Stake that lying would have cost, in base units of DECO, rounded down to whole DECO. */
  readonly securityBudget: bigint;
  /** First 26 bytes of the result. */
  readonly result: Hex;
}

/** A task that ended without a result. */
export interface FailedTask {
  readonly taskId: Hex;
  readonly status: "ended";
  readonly reason: Exclude<EndReason, "none">;
}

/** An order that a provider holds: the requester's money and stake of the provider are bound until it ends. */
export interface HeldOrder {
  readonly taskId: Hex;
  readonly status: "held";
  /** Who holds it. */
  readonly provider: number;
  /** Last second of block time for its proof. */
  readonly until: number;
  /** Last second for a proof of anybody else's; then it can be dropped. */
  readonly closesAt: number;
  /** What `proveHeld` and `dropOrder` want. */
  readonly hold: bigint;
}

export type EndedTask = SettledTask | FailedTask;
export type Task = LiveTask | AcceptedTask | EndedTask;

/** Whether its vote is not over. */
export function isLive(task: Task): task is LiveTask {
  return task.status === "open" || task.status === "executing" || task.status === "revealing";
}

/** Whether nothing can change any more. */
export function isEnded(task: Task): task is EndedTask {
  return task.status === "settled" || task.status === "ended";
}

/** Reads the packed two-bit counters of abstentions. */
export function abstentionsOf(reasons: number): LiveTask["reasons"] {
  const counted = ABSTAIN_REASONS.map((reason, i) => [reason, (reasons >> (2 * i)) & 3] as const);
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

/** Phase of a live task at a moment: when the commit window has passed, reveals have been open since its end. */
export function phaseOf(
  task: Pick<LiveTask, "status" | "phaseAt" | "openedAt" | "commitWindow">,
  timestamp: number,
): Pick<LiveTask, "status" | "phaseAt" | "openedAt"> {
  const { status, phaseAt, openedAt } = task;
  const commitsEnd = phaseAt + task.commitWindow;
  if (status !== "executing" || timestamp <= commitsEnd) return { status, phaseAt, openedAt };
  return { status: "revealing", phaseAt: commitsEnd, openedAt };
}
