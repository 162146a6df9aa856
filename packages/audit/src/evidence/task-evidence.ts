import type {
  Request,
  SettlingSeat,
  StakeState,
  TaskParameters,
  TrustState,
} from "@deco-network/sdk";
import { type Address, type Hex, isAddressEqual } from "viem";

import { AuditError } from "../errors.ts";
import { before, type MarketEvent, type MarketLog, type ParametersEvent } from "./market-log.ts";
import { ProviderHistory } from "./provider-history.ts";

/** Names of the contracts' `SeatOutcome`, by number. */
const OUTCOMES = [
  "none",
  "agreed",
  "dissented",
  "withheld",
  "no-show",
  "abstained",
  "released",
  "consoled",
] as const;
/** Names of the contracts' `EndReason`, by number. */
const END_REASONS = [
  "none",
  "cancelled",
  "unfilled",
  "vote-failed",
  "cannot-run",
  "voided",
  "undelivered",
  "policy-removed",
  "unproven",
  "rejected",
  "unjudged",
] as const;

type EventOf<Name extends MarketEvent["eventName"]> = Extract<MarketEvent, { eventName: Name }>;

export interface RoundEvidence {
  readonly round: number;
  readonly wanted: number;
  openedAt: number;
  seedBlock: number;
  /** When the round filled, and when its reveals opened; unknown while it has not. */
  filledAt?: number;
  revealsAt?: number;
}

export interface SeatEvidence {
  readonly provider: number;
  readonly round: number;
  readonly takenAt: number;
  readonly trust: number;
  readonly early: boolean;
  readonly priceFraction: bigint;
  /** What its provider offered, when the allocator gave the seat; absent when it was drawn. */
  readonly assigned?: {
    readonly price: bigint;
    /** EIP-712 hash of the offer; zero when the round was opened folded, which tells none. */
    readonly offer: Hex;
    /** Whether governance listed the allocator as trust-moving. */
    readonly movesTrust: boolean;
  };
  /** The provider's stake and trust by all earlier events; absent when none registers it. */
  readonly stake?: StakeState;
  readonly trustBefore?: TrustState;
  status: SettlingSeat["status"] | "declined";
  commitment?: { readonly value: Hex; readonly time: number };
  reveal?: { readonly tag: Hex; readonly salt: Hex; readonly time: number };
  end?: {
    readonly outcome: string;
    readonly paid: bigint;
    readonly slashed: bigint;
    readonly trust: number;
    readonly debt: number;
    /** Trust just before, by all earlier events. */
    readonly before?: TrustState;
  };
}

/** Everything that the chain's events say about one task. */
export interface TaskEvidence {
  readonly taskId: Hex;
  readonly request: Request;
  readonly terms: TaskParameters;
  readonly postedAt: number;
  /** Total active stake at the post, in base units. */
  readonly totalStake: bigint;
  readonly rounds: readonly RoundEvidence[];
  readonly seats: readonly SeatEvidence[];
  /** Every operator key that each provider has had. */
  readonly operators: ReadonlyMap<number, readonly Address[]>;
  readonly settled?: EventOf<"TaskSettled">["args"];
  readonly ended?: { readonly reason: string; readonly refund: bigint };
  readonly endedAt?: number;
  /** Who proved, or whom a judge approved. */
  readonly proven?: EventOf<"ResultProven">["args"];
  readonly compensation: bigint;
  /** Royalties credited, in the order of the chain. */
  readonly royalties: readonly { readonly owner: Address; readonly amount: bigint }[];
}

/**
 * Folds the log up to the task's end.
 * @throws AuditError `task-not-found`, `evidence-incoherent`
 */
export async function gatherEvidence(
  log: MarketLog,
  taskId: Hex,
  market: Address,
): Promise<TaskEvidence> {
  const posted = log.market.find(
    (event) => event.eventName === "TaskPosted" && sameTask(event, taskId),
  ) as EventOf<"TaskPosted"> | undefined;
  if (!posted) {
    throw new AuditError(
      "task-not-found",
      `No event of ${market} posts task ${taskId}.`,
      "Check the task id, the market address and the first block that is read.",
    );
  }
  const history = new ProviderHistory((event) => parametersAt(log, event, "post").trustStart);
  const terms = parametersAt(log, posted, "task");
  const rounds: RoundEvidence[] = [];
  const seats = new Map<number, SeatEvidence>();
  let totalStake = 0n;
  let compensation = 0n;
  const royalties: EventOf<"RoyaltyPaid">["args"][] = [];
  let proven: TaskEvidence["proven"];
  let settled: TaskEvidence["settled"];
  let ended: TaskEvidence["ended"];
  let endedAt: number | undefined;

  for (const event of log.market) {
    if (event === posted) totalStake = history.totalStake();
    const own = sameTask(event, taskId);
    if (own) {
      const time = await log.timeOf(event.blockNumber);
      const { allocator } = posted.args.request;
      takeSeats(event, time, seats, history, movesTrust(log, event, allocator));
      takeVotes(event, time, seats);
      takeRounds(event, time, rounds, seats, posted.args.request.commitWindow);
      if (event.eventName === "RoyaltyPaid") royalties.push(event.args);
      if (event.eventName === "RequesterCompensated") compensation = event.args.amount;
      if (event.eventName === "ResultProven") proven = event.args;
      if (event.eventName === "TaskSettled") [settled, endedAt] = [event.args, time];
      if (event.eventName === "TaskEnded") {
        const reason = END_REASONS[event.args.reason] ?? "unknown";
        [ended, endedAt] = [{ reason, refund: event.args.refund }, time];
      }
    }
    const trustBefore =
      event.eventName === "SeatEnded" ? history.of(event.args.provider)?.trust : undefined;
    await history.apply(event, log);
    if (trustBefore) noteRise(event, trustBefore, history, await epochOf(event));
    if (settled || ended) break;
  }
  return {
    ...{ taskId, request: posted.args.request, terms, totalStake, rounds, compensation, royalties },
    postedAt: await log.timeOf(posted.blockNumber),
    operators: operatorsOf(log),
    seats: [...seats.values()].sort((a, b) => a.provider - b.provider),
    ...(proven === undefined ? {} : { proven }),
    ...(settled === undefined ? {} : { settled }),
    ...(ended === undefined ? {} : { ended }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };

  async function epochOf(event: MarketEvent): Promise<number> {
    return Math.floor((await log.timeOf(event.blockNumber)) / terms.epoch);
  }
}

/** A provider whose trust rose does not rise again in the same epoch. */
function noteRise(
  event: MarketEvent,
  before: TrustState,
  history: ProviderHistory,
  epoch: number,
): void {
  if (event.eventName !== "SeatEnded") return;
  const { provider, trust, debt } = event.args;
  if (trust > before.trust || debt < before.debt) history.rose(provider, epoch);
}

function takeSeats(
  event: MarketEvent,
  time: number,
  seats: Map<number, SeatEvidence>,
  history: ProviderHistory,
  movesTrust: boolean,
): void {
  if (isSeating(event)) {
    const { provider, round, trust, early, priceFraction } = event.args;
    const state = history.of(provider);
    seats.set(provider, {
      ...{ provider, round, takenAt: time, trust, early, priceFraction: BigInt(priceFraction) },
      ...(event.eventName === "SeatAssigned"
        ? { assigned: { price: event.args.price, offer: event.args.offer, movesTrust } }
        : {}),
      ...(state ? { stake: state.stake, trustBefore: state.trust } : {}),
      status: "taken",
    });
  } else if (event.eventName === "SeatDeclined") {
    const seat = seats.get(event.args.provider);
    if (seat) seat.status = "declined";
  } else if (event.eventName === "SeatEnded") {
    const { provider, outcome, paid, slashed, trust, debt } = event.args;
    const seat = seats.get(provider);
    const trustBefore = history.of(provider)?.trust;
    if (!seat) return;
    seat.end = {
      ...{ outcome: OUTCOMES[outcome] ?? "unknown", paid, slashed, trust, debt },
      ...(trustBefore ? { before: trustBefore } : {}),
    };
  }
}

function takeVotes(event: MarketEvent, time: number, seats: Map<number, SeatEvidence>): void {
  if (event.eventName === "Committed") {
    const seat = seats.get(event.args.provider);
    if (!seat) return;
    seat.status = "committed";
    seat.commitment = { value: event.args.commitment, time };
  } else if (event.eventName === "SeatAbstained") {
    const seat = seats.get(event.args.provider);
    if (seat) seat.status = "abstained";
  } else if (event.eventName === "Revealed") {
    const seat = seats.get(event.args.provider);
    if (!seat) return;
    seat.status = "revealed";
    seat.reveal = { tag: event.args.tag, salt: event.args.salt, time };
  }
}

function takeRounds(
  event: MarketEvent,
  time: number,
  rounds: RoundEvidence[],
  seats: ReadonlyMap<number, SeatEvidence>,
  commitWindow: number,
): void {
  if (event.eventName === "RoundOpened") {
    const { round, seats: wanted, seedBlock } = event.args;
    rounds.push({ round, wanted, openedAt: time, seedBlock });
    return;
  }
  const current = rounds.at(-1);
  if (!current) return;
  if (event.eventName === "Reseeded") {
    current.openedAt = time;
    current.seedBlock = event.args.seedBlock;
  }
  const own = [...seats.values()].filter(
    (seat) => seat.round === current.round && seat.status !== "declined",
  );
  const voters = own.filter((seat) => seat.status !== "taken").length;
  if (event.eventName === "SeatDeclined") delete current.filledAt;
  if (isSeating(event) && own.length === current.wanted) current.filledAt = time;
  if (current.filledAt === undefined) return;
  const opensByItself = current.filledAt + commitWindow;
  if (voters === current.wanted) current.revealsAt ??= Math.min(time, opensByItself);
  else if (time > opensByItself) current.revealsAt ??= opensByItself;
}

/** Both ways to get a seat: drawn by sortition, or given by the request's allocator. */
function isSeating(event: MarketEvent): event is EventOf<"SeatTaken"> | EventOf<"SeatAssigned"> {
  return event.eventName === "SeatTaken" || event.eventName === "SeatAssigned";
}

/** Whether governance listed an allocator as trust-moving when an event happened. */
function movesTrust(log: MarketLog, event: MarketEvent, allocator: Address): boolean {
  const changes = log.parameters.flatMap((change) =>
    change.eventName === "AllocatorChanged" &&
    isAddressEqual(change.args.allocator, allocator) &&
    before(change, event)
      ? [change.args.movesTrust]
      : [],
  );
  return changes.at(-1) ?? false;
}

/** Keys may change after a task: its receipts stay the provider's own. */
function operatorsOf(log: MarketLog): Map<number, Address[]> {
  const operators = new Map<number, Address[]>();
  for (const event of log.market) {
    if (event.eventName !== "ProviderRegistered" && event.eventName !== "OperatorChanged") continue;
    const { provider, operator } = event.args;
    operators.set(provider, [...(operators.get(provider) ?? []), operator]);
  }
  return operators;
}

function sameTask(event: MarketEvent, taskId: Hex): boolean {
  const args = event.args as { readonly taskId?: Hex };
  return args.taskId?.toLowerCase() === taskId.toLowerCase();
}

/** The governed values in force when an event happened. */
function parametersAt<Kind extends "task" | "post">(
  log: MarketLog,
  event: MarketEvent,
  kind: Kind,
): Extract<ParametersEvent, { eventName: "ParametersChanged" }>["args"][Kind] {
  const changes = log.parameters.filter(
    (change): change is Extract<ParametersEvent, { eventName: "ParametersChanged" }> =>
      change.eventName === "ParametersChanged" && before(change, event),
  );
  const last = changes.at(-1);
  if (!last) {
    throw new AuditError(
      "evidence-incoherent",
      "No parameters were set before the task was posted.",
      "Read the log from the block in which the parameters were deployed.",
    );
  }
  return last.args[kind];
}
