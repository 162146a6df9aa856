import type { QueuedTransaction, TransactionPurpose, Transition } from "../journal/transition.ts";
import type { HandlerContext, Overview, Step } from "./context.ts";
import { move, wait } from "./context.ts";

/** Where a seated assignment goes when its task is over; undefined while it lives. */
export function taskEnd(context: HandlerContext, { phase, now }: Overview): Step | undefined {
  if (phase.name === "settled") {
    const days = context.config.retentionDays;
    return move("settled", {
      facts: { accepted: phase.result, retainUntil: now + Math.ceil(days * 86_400) },
    });
  }
  if (phase.name === "ended") return move("expired", { reason: phase.reason });
  return undefined;
}

/**
 * What an offer to an allocator binds to: a seat that it gave is taken up, whatever else is going
 * on, and one that it may still give is waited for. Undefined where no offer binds.
 */
export function promised(
  { journal, key }: HandlerContext,
  { phase, seat, now }: Overview,
): Step | undefined {
  const offer = journal.offer(key.task);
  if (!offer || phase.name === "settled" || phase.name === "ended") return undefined;
  if (seat.status === "taken") return move("seated", { reason: "assigned" });
  return now <= offer.expiry ? wait(offer.expiry + 1) : undefined;
}

/** Blocks that a post which left the chain gets to come back. */
const ABSENT_BLOCKS = 64;

/** The task is not on the chain: a reorg took its post, or the endpoint lags. */
export function absent({ memory, head }: HandlerContext): Step {
  const { number, timestamp } = head();
  memory.absentSince ??= number;
  if (number - memory.absentSince <= ABSENT_BLOCKS) return wait(timestamp);
  return move("lost", { reason: "task-absent" });
}

/** What follows when no seats are taken at the moment; undefined when they are. */
export function closedGate({ gate, head }: HandlerContext): Step | undefined {
  if (gate.open) return undefined;
  const lasting = gate.reasons.find((reason) => reason !== "starting");
  return lasting ? move("lost", { reason: lasting }) : wait(head().timestamp);
}

/** What became of a transaction that a state is about. */
export type Progress =
  /** Not there, refused or reverted: it may be queued again if that still makes sense. */
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "pending"; readonly id: number; readonly signed: boolean }
  | { readonly kind: "done" };

export function progressOf(
  context: HandlerContext,
  purpose: TransactionPurpose,
  round = context.key.round,
): Progress {
  const transaction = context.transaction(purpose, round);
  switch (transaction?.status) {
    case undefined:
    case "dropped":
      return { kind: "none" };
    case "queued":
      return { kind: "pending", id: transaction.id, signed: false };
    case "sent":
      return { kind: "pending", id: transaction.id, signed: true };
    case "refused":
      return { kind: "failed", error: transaction.error ?? "unknown-revert" };
    case "included":
    case "final":
      return transaction.success ? { kind: "done" } : { kind: "failed", error: "reverted" };
  }
}

/**
 * Transitions that take an unsigned transaction back; a signed one cannot be taken back.
 */
export function dropUnsigned(progress: Progress): Transition[] {
  if (progress.kind !== "pending" || progress.signed) return [];
  return [{ kind: "transaction-dropped", id: progress.id }];
}

/** Queues a transaction; after a failure of the same purpose not before the next head. */
export function queueAgain(context: HandlerContext, transaction: QueuedTransaction): Step {
  const { purpose } = transaction;
  const round = transaction.key?.round;
  const previous = context.transaction(purpose, round);
  const head = context.head();
  if (previous && progressOf(context, purpose, round).kind === "failed") {
    const noticed = context.memory.failures.get(previous.id);
    if (noticed === undefined) context.memory.failures.set(previous.id, head.number);
    if (noticed === undefined || noticed >= head.number) return wait(head.timestamp);
  }
  return { kind: "record", transitions: [transaction] };
}
