import { DELIVERY_INDEX, type Provider } from "@deco-network/sdk";
import { encodePacked, type Hex, keccak256, zeroAddress, zeroHash } from "viem";

import type { AttestedNo } from "../attested/attested-seats.ts";
import type { QueuedTransaction, TransactionPurpose, Transition } from "../journal/transition.ts";
import type { Opening } from "../market/calls.ts";
import type { SeatView } from "../market/market-reader.ts";
import { MAX_DOCUMENT_BYTES } from "../results/result-store.ts";
import type { HandlerContext, Overview, Step } from "./context.ts";
import { move, wait } from "./context.ts";
import { FOUND_ON_CHAIN } from "./states.ts";

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

/** Runs of the program that a seat makes: a judge runs one item, a judge of a delivery nothing. */
export function runsOf({ panel, request }: Pick<HandlerContext, "panel" | "request">): number {
  if (!panel) return request.volume;
  return panel.index === DELIVERY_INDEX ? 0 : 1;
}

/**
 * Takes up a seat that the chain has and the journal does not: the journal came back from an old copy, or another
 * process works with this key. Whoever took it, its lock is this provider's, and the chain's commitment decides.
 */
export function takenUp({ key }: HandlerContext, { phase, seat }: Overview): Step | undefined {
  if (!("task" in phase) || seat.round !== key.round || !isBound(seat)) return undefined;
  return move("seated", { reason: FOUND_ON_CHAIN });
}

/** Whether the seat has a vote on the chain; it may only be confirmed, never made again. */
export function hasVoted({ status }: SeatView): boolean {
  return status === "committed" || status === "revealed";
}

/**
 * The chain holds a vote of this seat that this executor would not give: another process's, or its own before its
 * journal was lost, from a program that gives other results every time. It keeps silent, and claims no more.
 */
export function foreignVote(
  { gate, logger }: HandlerContext,
  votes: { readonly ours: Hex; readonly theirs: Hex },
): Step {
  gate.close("foreign-activity");
  logger.fatal(
    { code: "foreign-commitment", ...votes },
    "The chain holds a vote of this key that this executor did not make.",
  );
  return move("settling", { reason: "foreign-commitment" });
}

function isBound(seat: SeatView): boolean {
  return seat.status === "taken" || hasVoted(seat);
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
  // It gave the seat, and the journal has forgotten that: see `takenUp`.
  if (hasVoted(seat)) return undefined;
  return now <= offer.expiry ? wait(offer.expiry + 1, "offer-standing") : undefined;
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
  return lasting ? move("lost", { reason: lasting }) : wait(head().timestamp, "starting");
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

/**
 * A transaction by which a seat acts for itself, or ends its task: a folded task is unfolded by the same.
 */
export function ownAct(
  { key, roundCalls }: HandlerContext,
  { fold }: Overview,
  transaction: QueuedTransaction,
): QueuedTransaction {
  return fold ? roundCalls.unfolding(fold, key.task, transaction) : transaction;
}

/** Second at which this executor's turn comes, counted from when it first saw the act legal. */
export function turnAt(
  { config, identity, key, memory }: HandlerContext,
  { what, round }: { readonly what: string; readonly round: number },
  roster: readonly number[],
  now: number,
): number {
  const legal = `${what}-${round}`;
  if (memory.legalSince?.what !== legal) memory.legalSince = { what: legal, at: now };
  const lot = (provider: number) =>
    keccak256(encodePacked(["bytes32", "uint8", "uint32"], [key.task, round, provider]));
  const own = lot(identity.provider);
  const before = roster.filter((provider) => lot(provider) < own).length;
  return memory.legalSince.at + before * config.timing.settleStagger;
}

/** Result documents up to this size are given to settlement; larger ones when a contract waits for the content. */
const INLINE_DOCUMENT_BYTES = 4_096;

/** Opens the own result; undefined without one. */
export async function openingOf(context: HandlerContext): Promise<Opening | undefined> {
  const { assignment, request, results, signal } = context;
  const { result } = assignment.facts;
  if (!result) return undefined;
  const most = request.callback === zeroAddress ? INLINE_DOCUMENT_BYTES : MAX_DOCUMENT_BYTES;
  const document = await results.document(result.digest, most, signal);
  return { digest: result.digest, root: result.root ?? zeroHash, document: document ?? "0x" };
}

/** Why the attested key would show nothing for a seat taken now; undefined where none is needed, or it would. */
export async function refuseKey(
  { attested, request }: HandlerContext,
  provider: Provider,
  now: number,
): Promise<AttestedNo | undefined> {
  return attested?.serves(request) ? await attested.refuse(request, provider, now) : undefined;
}
