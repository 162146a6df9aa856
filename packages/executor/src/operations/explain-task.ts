import type { Hash } from "viem";

import type { Waiting } from "../assignments/assignment-pool.ts";
import type { AssignmentState } from "../assignments/states.ts";
import type { Journal } from "../journal/journal.ts";
import type { Assignment } from "../journal/rows.ts";
import type { SeatKey, TransactionPurpose, TransactionStatus } from "../journal/transition.ts";
import { type Reason, reasonOf } from "../reasons/reason.ts";
import type { Records, RefusalRecord } from "../records/records.ts";
import { STATE_TEXT } from "./state-text.ts";

export type ExplainableJournal = Pick<
  Journal,
  "assignmentsOf" | "history" | "latestTransaction" | "offer"
>;

export interface ExplainSources {
  readonly journal: ExplainableJournal;
  readonly records: Pick<Records, "refusalsOf"> | undefined;
  /** What an assignment waits for, where an executor runs; undefined: none does. */
  readonly waiting?: ((key: SeatKey) => Waiting | undefined) | undefined;
}

/** A reason code with what the catalogue says of it. */
export type ExplainedReason = { readonly code: string; readonly detail?: string } & Partial<Reason>;

/** One round of the task, or a panel about it, as this provider met it. */
export interface ExplainedRound {
  readonly round: number;
  readonly state: AssignmentState;
  readonly means: string;
  readonly reason?: ExplainedReason;
  /** Local clock, milliseconds. */
  readonly since: number;
  readonly waiting?: {
    readonly for: string;
    /** Second of the chain's clock at which it looks again at the latest. */
    readonly until?: number;
    readonly reason?: ExplainedReason;
  };
  readonly steps: readonly {
    readonly at: number;
    readonly to: AssignmentState;
    readonly reason?: string;
  }[];
  readonly transactions: readonly {
    readonly purpose: TransactionPurpose;
    readonly status: TransactionStatus;
    readonly hash?: Hash;
    readonly error?: string;
  }[];
}

export interface Explanation {
  readonly task: Hash;
  readonly verdict: /** Nothing is known of it here. */
    | "unseen"
    /** No seat was taken and none will be. */
    | "refused"
    /** It may get a seat yet, or has one. */
    | "waiting"
    | "working"
    | "over";
  /** One sentence. */
  readonly summary: string;
  /** Why, in a word: the last refusal, or what is waited for. */
  readonly because?: ExplainedReason;
  readonly running: boolean;
  readonly rounds: readonly ExplainedRound[];
  /** Every "no" that is remembered, offers to allocators included; oldest first. */
  readonly refusals: readonly (RefusalRecord & Partial<Reason>)[];
  /** An offer that was signed for the task. */
  readonly offer?: { readonly price: bigint; readonly expiry: number };
}

const PURPOSES = [
  ...[
    "seed",
    "reseed",
    "claim",
    "decline",
    "checkpoint",
    "abstain",
    "commit",
    "reveal",
    "settle",
    "escalate",
  ],
  ...["expire", "finalize", "audit", "show-leaf", "deliver"],
] as readonly TransactionPurpose[];
const BEFORE_SEAT: readonly AssignmentState[] = [
  ...(["discovered", "validating", "eligible", "claiming"] as const),
];
const OVER: readonly AssignmentState[] = [
  "settled",
  "published",
  "expired",
  "declined",
  "released",
];

/** Tells what became of one task here: seen, considered, refused because of what, or its state and what it waits for. */
export function explainTask(task: Hash, sources: ExplainSources): Explanation {
  const { journal, records, waiting } = sources;
  const rounds = journal.assignmentsOf(task).map((it) => explainRound(it, sources));
  const refusals = (records?.refusalsOf(task) ?? []).map((no) => ({ ...no, ...reasonOf(no.code) }));
  const offer = journal.offer(task);
  const running = waiting !== undefined;
  const verdict = verdictOf(rounds, refusals.length, offer !== undefined);
  const because = becauseOf(verdict, rounds, refusals);
  return {
    ...{ task, verdict, running, rounds, refusals },
    summary: summaryOf(verdict, rounds.at(-1), because, running),
    ...(because && { because }),
    ...(offer && { offer: { price: offer.price, expiry: offer.expiry } }),
  };
}

function explainRound(assignment: Assignment, sources: ExplainSources): ExplainedRound {
  const { journal, records, waiting } = sources;
  const { key, state, reason, updatedAt } = assignment;
  const { means, waitsFor } = STATE_TEXT[state];
  const now = waiting?.(key);
  const detail = records
    ?.refusalsOf(key.task)
    .findLast((no) => no.round === key.round && no.code === reason)?.detail;
  return {
    ...{ round: key.round, state, means, since: updatedAt },
    ...(reason !== undefined && { reason: explained(reason, detail) }),
    ...(now && {
      waiting: {
        for: (now.why && reasonOf(now.why.code)?.means) ?? waitsFor,
        ...(now.until !== undefined && { until: now.until }),
        ...(now.why && { reason: explained(now.why.code, now.why.detail) }),
      },
    }),
    steps: journal
      .history(key.task)
      .filter((step) => step.key.round === key.round)
      .map((step) => ({ at: step.at, to: step.to, ...(step.reason && { reason: step.reason }) })),
    transactions: PURPOSES.flatMap((purpose) => {
      const found = journal.latestTransaction(purpose, key);
      if (!found) return [];
      const { status, hash, error } = found;
      return [{ purpose, status, ...(hash && { hash }), ...(error && { error }) }];
    }),
  };
}

/** Whether the round came so far that a seat was held. */
function wasSeated({ steps }: ExplainedRound): boolean {
  return steps.some(({ to }) => to === "seated");
}

function verdictOf(
  rounds: readonly ExplainedRound[],
  refusals: number,
  offered: boolean,
): Explanation["verdict"] {
  const held = rounds.filter(wasSeated);
  const last = held.at(-1) ?? rounds.at(-1);
  if (!last) {
    if (refusals > 0) return "refused";
    return offered ? "waiting" : "unseen";
  }
  if (BEFORE_SEAT.includes(last.state)) return "waiting";
  if (held.length === 0) return "refused";
  return OVER.includes(last.state) ? "over" : "working";
}

function becauseOf(
  verdict: Explanation["verdict"],
  rounds: readonly ExplainedRound[],
  refusals: readonly (RefusalRecord & Partial<Reason>)[],
): ExplainedReason | undefined {
  const last = rounds.findLast(wasSeated) ?? rounds.at(-1);
  if (verdict === "refused") {
    if (last?.reason) return last.reason;
    const no = refusals.at(-1);
    return no && explained(no.code, no.detail);
  }
  return last?.waiting?.reason ?? last?.reason;
}

function summaryOf(
  verdict: Explanation["verdict"],
  last: ExplainedRound | undefined,
  because: ExplainedReason | undefined,
  running: boolean,
): string {
  switch (verdict) {
    case "unseen":
      return "This executor knows nothing of the task.";
    case "refused":
      return `No seat: ${because?.means ?? because?.code ?? "the reason is not known any more"}`;
    case "over":
      return `Over: ${because?.means ?? last?.means ?? ""}`;
    case "waiting":
    case "working": {
      const state = last?.means ?? "an offer was signed";
      if (!running) return `Stopped while ${state}; it goes on when the executor starts.`;
      return last?.waiting ? `Now: ${state}; waits for: ${last.waiting.for}` : `Now: ${state}.`;
    }
  }
}

function explained(code: string, detail: string | undefined): ExplainedReason {
  return { code, ...reasonOf(code), ...(detail !== undefined && { detail }) };
}
