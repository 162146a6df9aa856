import {
  type AcceptedTask,
  deadlinesOf,
  type Hold,
  type LiveTask,
  type Request,
  type TaskParameters,
} from "@deco-network/sdk";

import type { WaitingFor } from "./stages.ts";

export interface Waiting {
  readonly for: WaitingFor;
  /** Last second of block time for it; absent when it may happen at any time from now on. */
  readonly until?: number;
}

/**
 * What a live task waits for. The stored status changes only when somebody calls; deadlines change
 * what is legal without a call, and that is what counts here.
 * @param now Time of the latest block.
 */
export function waitingOf(
  task: LiveTask,
  request: Request,
  terms: Pick<TaskParameters, "settleWindow">,
  now: number,
): Waiting {
  const deadlines = deadlinesOf(task, request, terms);
  if (task.status === "open") {
    if (now <= deadlines.claim) return { for: "seats", until: deadlines.claim };
    return { for: "next-round-or-end" };
  }
  if (task.status === "executing" && now <= deadlines.commit) {
    return { for: "commitments", until: deadlines.commit };
  }
  if (task.committed === 0) return { for: "next-round-or-end" };
  if (task.revealed < task.committed && now <= deadlines.reveal) {
    return { for: "reveals", until: deadlines.reveal };
  }
  if (now <= deadlines.settle) return { for: "settlement", until: deadlines.settle };
  return { for: "next-round-or-end" };
}

/** What a held order waits for: its holder's proof, then anybody else's, then its end. */
export function proofOf(
  { until }: Pick<Hold, "until">,
  { revealWindow }: Pick<Request, "revealWindow">,
  now: number,
): Waiting {
  if (now <= until) return { for: "proof", until };
  const closesAt = until + revealWindow;
  return now <= closesAt ? { for: "rescue", until: closesAt } : { for: "drop" };
}

/** What an accepted task waits for: objections while they are possible, then its end. */
export function objections(
  { acceptedAt }: Pick<AcceptedTask, "acceptedAt">,
  { challengeWindow, deliveryWindow }: Pick<Request, "challengeWindow" | "deliveryWindow">,
  now: number,
): Waiting {
  const until = acceptedAt + Math.max(challengeWindow, deliveryWindow);
  return now <= until ? { for: "objections", until } : { for: "finality" };
}
