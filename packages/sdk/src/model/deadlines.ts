import { zeroAddress } from "viem";
import type { Request, SeatTerms } from "../request.ts";
import { isDelayed } from "./panels.ts";
import type { TaskParameters } from "./parameters.ts";
import { maxRounds } from "./price.ts";

/** Last seconds of the current phase, in block time. */
export interface PhaseTimes {
  readonly status: "open" | "executing" | "revealing";
  /** When the current round opened. */
  readonly openedAt: number;
  /** When the current phase began; the opening for an open round. */
  readonly phaseAt: number;
}

export interface Deadlines {
  /** Last second for claims of the current round. */
  readonly claim: number;
  /** Last second for commitments; the latest possible one while seats are missing. */
  readonly commit: number;
  /** Last second for reveals; the latest possible one before they have opened. */
  readonly reveal: number;
  /** Last second in which only `settle` is legal. */
  readonly settle: number;
}

type ClaimTerms = Pick<SeatTerms, "claimWindow" | "allocator" | "allocatorWindow">;
type Windows = ClaimTerms & Pick<Request, "commitWindow" | "revealWindow">;

/** When the claim window of a round begins: at its opening, or when the allocator's time is over. */
export function claimsOpenAt(openedAt: number, terms: Omit<ClaimTerms, "claimWindow">): number {
  return terms.allocator === zeroAddress ? openedAt : openedAt + terms.allocatorWindow;
}

/** Deadlines of a round, in seconds of block time. Later ones are upper bounds until their phase begins. */
export function deadlinesOf(
  phase: PhaseTimes,
  request: Windows,
  terms: Pick<TaskParameters, "settleWindow">,
): Deadlines {
  const claim = claimsOpenAt(phase.openedAt, request) + request.claimWindow;
  const filled = phase.status === "open" ? claim : phase.phaseAt;
  const commit = phase.status === "revealing" ? phase.phaseAt : filled + request.commitWindow;
  const reveal = commit + request.revealWindow;
  return { claim, commit, reveal, settle: reveal + terms.settleWindow };
}

/**
 * Longest life of a task in seconds, as `post` counts it: a lost seed opens a claim window (and its
 * allocator's) twice; after acceptance come a dispute opened last, two panels, and a challenge window
 * between them.
 */
export function longestLife(
  request: Windows &
    Pick<Request, "replicas" | "maxReplicas" | "challengeWindow" | "deliveryWindow" | "auditBps">,
  terms: Pick<TaskParameters, "settleWindow">,
): number {
  const { claimWindow, commitWindow, revealWindow, challengeWindow, deliveryWindow } = request;
  const votes = commitWindow + revealWindow + terms.settleWindow;
  const claims = claimsOpenAt(0, request) + claimWindow;
  const rounds = maxRounds(request) * (2 * claims + votes);
  if (!isDelayed(request)) return rounds;
  const panels = 2 * (2 * claimWindow + votes);
  return rounds + Math.max(challengeWindow, deliveryWindow) + challengeWindow + panels;
}
