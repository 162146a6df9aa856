import {
  isOrder,
  type MarketEvent,
  parseMarketLogs,
  type Request,
  seatOfFold,
} from "@deco-network/sdk";
import type { Hash, Log } from "viem";

import type { AssignmentPool } from "../assignments/assignment-pool.ts";
import type { ProviderIdentity } from "../assignments/context.ts";
import { SEATLESS_STATES } from "../assignments/states.ts";
import type { ChainListener } from "../chain/chain-tracker.ts";
import type { Journal } from "../journal/journal.ts";
import type { Assignment } from "../journal/rows.ts";
import type { SeatKey } from "../journal/transition.ts";
import type { MarketReader, SeatView } from "../market/market-reader.ts";
import { encodeRequest } from "../market/request.ts";
import type { Logger } from "../runtime/logger.ts";
import type { IntakeGate } from "./intake-gate.ts";

export interface IntakeOptions {
  readonly identity: ProviderIdentity;
  readonly journal: Journal;
  readonly market: MarketReader;
  readonly pool: AssignmentPool;
  readonly gate: IntakeGate;
  readonly logger: Logger;
  /** First block that can hold the market's events. */
  readonly startBlock: number;
}

/**
 * Turns the market's events into assignments and wake-ups. Events only say where to look: each
 * handler reads the chain's state itself, so one told twice or rolled back does no harm.
 */
export class Intake implements ChainListener {
  readonly #options: IntakeOptions;
  /** Requests of tasks seen posted in this process, until their first round is journaled. */
  readonly #posted = new Map<Hash, { readonly request: Request; readonly block: number }>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  onLogs(logs: readonly Log[]): void {
    const { identity, pool } = this.#options;
    for (const event of parseMarketLogs(identity.market, logs)) {
      if (event.eventName === "TaskPosted") {
        const { taskId, request } = event.args;
        // Filled or held when it is told of: there is no seat.
        if (isOrder(request)) continue;
        this.#posted.set(taskId, { request, block: Number(event.blockNumber) });
      } else if (event.eventName === "RoundOpened") {
        this.#onRound({ task: event.args.taskId, round: event.args.round });
      } else if (event.eventName === "PanelOpened") {
        const { taskId, panelId } = event.args;
        this.#aside(taskId, this.#openSeatless({ task: panelId, round: 1 }, taskId));
      } else if (isOwn(event, identity.provider)) {
        this.#aside(event.args.taskId, this.#checkOwn(event.args.taskId, event.eventName));
      }
      if ("taskId" in event.args) pool.wake(event.args.taskId);
    }
    this.#posted.clear();
  }

  /** Goes on beside the chain's following; what fails costs a seat that might have been, and is told. */
  #aside(task: Hash, work: Promise<void>): void {
    const { logger } = this.#options;
    work.catch((err: unknown) => {
      logger.warn({ code: "task-unread", task, err }, "A task was not read.");
    });
  }

  #onRound(key: SeatKey): void {
    const { journal, pool, startBlock } = this.#options;
    const known = journal.assignmentsOf(key.task);
    if (known.some(({ key: { round } }) => round >= key.round)) return;
    const posted = this.#posted.get(key.task);
    const earlier = known[0];
    // A provider has one seat per task, whatever the round. A task posted before this executor started to look is too
    // late for its first round only.
    if (!known.every(isSeatless) || (!posted && !earlier)) {
      this.#aside(key.task, this.#openSeatless(key));
      return;
    }
    journal.record({
      kind: "assignment-opened",
      key,
      request: posted ? encodeRequest(posted.request) : (earlier?.request ?? "0x"),
      postedBlock: posted?.block ?? earlier?.postedBlock ?? startBlock,
    });
    pool.open(key);
  }

  /**
   * Opens a seat of a later round, or of a panel, unless this provider has a seat of the task: nobody judges what it
   * voted on itself. The journal may be behind: a claim may have failed, and a task that was over before this
   * executor looked still stands as one to look at.
   */
  async #openSeatless(key: SeatKey, task = key.task): Promise<void> {
    const own = this.#options.journal.assignmentsOf(task);
    const seated = own.filter((assignment) => !isSeatless(assignment));
    if (seated.some(({ state }) => state !== "claiming")) return;
    if (seated.length > 0 && (await this.#seatStatus(task)) !== "none") return;
    await this.#openLater(key, task);
  }

  async #openLater(key: SeatKey, task = key.task): Promise<void> {
    const { journal, market, pool } = this.#options;
    const posted = await market.posted(task);
    if (!posted || isOrder(posted.request) || journal.assignment(key)) return;
    const { request, block } = posted;
    journal.record({
      kind: "assignment-opened",
      key,
      request: encodeRequest(request),
      postedBlock: block,
    });
    pool.open(key);
  }

  /** Whether the journal has what led to a seat or commitment: a claim, an offer, a commitment. */
  #isOurs(task: Hash, event: string): boolean {
    const { journal } = this.#options;
    if (event === "SeatAssigned" && journal.offer(task)) return true;
    return journal
      .assignmentsOf(task)
      .some(({ key }) =>
        event === "Committed" ? journal.commitment(key) !== undefined : journal.hasSeat(key),
      );
  }

  /** What the chain says of this provider's seat on a task. */
  async #seatStatus(task: Hash): Promise<SeatView["status"]> {
    const { identity, market } = this.#options;
    const view = await market.task(task);
    if (view.kind !== "live" || !view.fold) {
      return (await market.seat(task, identity.provider)).status;
    }
    return seatOfFold(view.fold, identity.provider)?.status ?? "none";
  }

  /** A seat or commitment of this provider that this journal knows nothing of. */
  async #checkOwn(task: Hash, event: string): Promise<void> {
    const { gate, logger } = this.#options;
    if (this.#isOurs(task, event)) return;
    // History of an earlier data folder is no sign of a second process; a live seat is.
    const status = await this.#seatStatus(task);
    if (status === "none" || status === "declined") return;
    gate.close("foreign-activity");
    logger.fatal(
      { code: "foreign-activity", task, event },
      "Another process works with this provider's key: no new seats are taken.",
    );
  }
}

function isSeatless({ state }: Assignment): boolean {
  return SEATLESS_STATES.includes(state);
}

type SeatEvent = Extract<MarketEvent, { eventName: "SeatTaken" | "SeatAssigned" | "Committed" }>;

/** Whether it tells a seat or a commitment of this provider. */
function isOwn(event: MarketEvent, provider: number): event is SeatEvent {
  switch (event.eventName) {
    case "SeatTaken":
    case "SeatAssigned":
    case "Committed":
      return event.args.provider === provider;
    default:
      return false;
  }
}
