import { endReasonOf, type Request, type TaskParameters, type TrustState } from "@deco-network/sdk";
import { type Address, type Hex, isAddressEqual, zeroHash } from "viem";

import { AuditError } from "../errors.ts";
import { DisputeFold, type DisputeRecord, type PanelEvidence } from "./fold-disputes.ts";
import { type HoldEvidence, ReserveHistory, withLoss } from "./fold-hold.ts";
import {
  type RoundEvidence,
  type SeatEvidence,
  takeRounds,
  takeSeats,
  takeVotes,
} from "./fold-seats.ts";
import {
  before,
  type EventOf,
  type MarketEvent,
  type MarketLog,
  type ParametersEvent,
} from "./market-log.ts";
import { ProviderHistory } from "./provider-history.ts";

/** How a result was opened; weights are those of the vote. */
export type OpeningEvidence = Pick<
  EventOf<"TaskSettled">["args"],
  "result" | "digest" | "root" | "document" | "weight" | "total"
>;

export interface SettledEvidence extends OpeningEvidence {
  readonly refund: bigint;
  /** Whether panels put it in the place of the accepted one. */
  readonly overturned: boolean;
}

export interface AcceptedEvidence extends OpeningEvidence {
  readonly at: number;
  /** Block after which the draw of the audit is seeded, unless it was replaced. */
  readonly block: bigint;
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
  /** The final result: of the vote, of a proof, or what stood after all disputes. */
  readonly settled?: SettledEvidence;
  /** What the vote accepted of a task whose result had to wait for its windows. */
  readonly accepted?: AcceptedEvidence;
  readonly disputes: readonly DisputeRecord[];
  readonly panels: readonly PanelEvidence[];
  /** Block that seeds the audit's draw when the first one was lost. */
  readonly auditSeedBlock?: number;
  /** Bonds that ended, in the order of the chain. */
  readonly bonds: readonly EventOf<"BondResolved">["args"][];
  /** DECO per base unit of the payment token at the post, scaled by 1e18. */
  readonly lockRate: bigint;
  readonly ended?: { readonly reason: string; readonly refund: bigint };
  readonly endedAt?: number;
  /** Who held it, of an order that is held before it is proven. */
  readonly held?: HoldEvidence;
  /** Who proved, or whom a judge approved. */
  readonly proven?: EventOf<"ResultProven">["args"];
  /** Transaction of it. */
  readonly provenIn?: Hex;
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
  let provenIn: TaskEvidence["provenIn"];
  let settled: TaskEvidence["settled"];
  let accepted: TaskEvidence["accepted"];
  const bonds: EventOf<"BondResolved">["args"][] = [];
  const disputes = new DisputeFold(posted.args.request);
  let ended: TaskEvidence["ended"];
  let endedAt: number | undefined;
  const reserves = new ReserveHistory();
  let held: TaskEvidence["held"];

  for (const event of log.market) {
    if (event === posted) totalStake = history.totalStake();
    const own = sameTask(event, taskId);
    if (own) {
      const time = await log.timeOf(event.blockNumber);
      const { allocator } = posted.args.request;
      takeSeats(event, time, seats, history, movesTrust(log, event, allocator));
      takeVotes(event, time, seats);
      takeRounds(event, time, rounds, seats, posted.args.request.commitWindow);
      if (event.eventName === "OrderHeld") {
        const { version } = changeAt(log, event).args;
        held = { ...reserves.heldBy(event), at: time, version };
      }
      if (held) held = withLoss(held, event, history);
      if (event.eventName === "RoyaltyPaid") royalties.push(event.args);
      if (event.eventName === "RequesterCompensated") compensation = event.args.amount;
      if (event.eventName === "ResultProven") {
        [proven, provenIn] = [event.args, event.transactionHash];
      }
      if (event.eventName === "BondResolved") bonds.push(event.args);
      if (event.eventName === "TaskAccepted") {
        accepted = { ...event.args, at: time, block: event.blockNumber };
      }
      if (event.eventName === "TaskSettled") {
        [settled, endedAt] = [{ ...event.args, overturned: false }, time];
      }
      if (event.eventName === "TaskFinalized" && accepted) {
        [settled, endedAt] = [finalOf(accepted, event.args), time];
      }
      if (event.eventName === "TaskEnded") {
        const reason = endReasonOf(event.args.reason);
        [ended, endedAt] = [{ reason, refund: event.args.refund }, time];
      }
    }
    if (own || disputes.concerns(event)) {
      disputes.take(event, await log.timeOf(event.blockNumber), history);
    }
    reserves.take(event);
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
    ...(provenIn === undefined ? {} : { provenIn }),
    ...{ ...disputes.evidence(), bonds, lockRate: lockRateAt(log, posted) },
    ...(settled === undefined ? {} : { settled }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(ended === undefined ? {} : { ended }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(held === undefined ? {} : { held }),
  };

  async function epochOf(event: MarketEvent): Promise<number> {
    return Math.floor((await log.timeOf(event.blockNumber)) / terms.epoch);
  }
}

/** What a panel put in the place of a single run's result is a document's digest itself. */
function finalOf(
  accepted: AcceptedEvidence,
  { result, overturned, refund }: EventOf<"TaskFinalized">["args"],
): SettledEvidence {
  const opened = overturned ? { digest: result, root: zeroHash, document: "0x" as const } : {};
  return { ...accepted, ...opened, result, overturned, refund };
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
): ParametersChange["args"][Kind] {
  return changeAt(log, event).args[kind];
}

type ParametersChange = Extract<ParametersEvent, { eventName: "ParametersChanged" }>;

/** The last change of the governed values before an event. */
function changeAt(log: MarketLog, event: MarketEvent): ParametersChange {
  const changes = log.parameters.filter(
    (change): change is ParametersChange =>
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
  return last;
}

/** The governed lock rate of the task's payment token at its post. */
function lockRateAt(log: MarketLog, posted: EventOf<"TaskPosted">): bigint {
  const rates = log.parameters.flatMap((change) =>
    change.eventName === "TokenChanged" &&
    isAddressEqual(change.args.token, posted.args.request.token) &&
    before(change, posted)
      ? [change.args.parameters.lockRate]
      : [],
  );
  return rates.at(-1) ?? 0n;
}
