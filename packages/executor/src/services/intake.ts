import { type MarketEvent, parseMarketLogs, type Request, seatOfFold } from "@deco-network/sdk";
import type { Hash, Log } from "viem";

import type { AssignmentPool } from "../assignments/assignment-pool.ts";
import type { ProviderIdentity } from "../assignments/context.ts";
import type { ChainListener } from "../chain/chain-tracker.ts";
import type { Journal } from "../journal/journal.ts";
import type { SeatKey } from "../journal/transition.ts";
import type { MarketReader } from "../market/market-reader.ts";
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

const UNREAD = "A task was not read.";

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
    const { identity, pool, logger } = this.#options;
    for (const event of parseMarketLogs(identity.market, logs)) {
      if (event.eventName === "TaskPosted") {
        const { taskId, request } = event.args;
        this.#posted.set(taskId, { request, block: Number(event.blockNumber) });
      } else if (event.eventName === "RoundOpened") {
        this.#onRound({ task: event.args.taskId, round: event.args.round });
      } else if (event.eventName === "PanelOpened") {
        const { taskId, panelId } = event.args;
        void this.#onPanel(taskId, { task: panelId, round: 1 }).catch((error: unknown) => {
          logger.warn({ code: "task-unread", task: taskId, err: error }, UNREAD);
        });
      } else if (isOwn(event, identity.provider)) {
        void this.#checkOwn(event.args.taskId, event.eventName).catch((error: unknown) => {
          logger.warn({ code: "task-unread", task: event.args.taskId, err: error }, UNREAD);
        });
      }
      if ("taskId" in event.args) pool.wake(event.args.taskId);
    }
    this.#posted.clear();
  }

  #onRound(key: SeatKey): void {
    const { journal, pool, logger } = this.#options;
    const known = journal.assignmentsOf(key.task);
    // A provider has one seat per task, whatever the round.
    if (known.some(({ state }) => state !== "released" && state !== "lost")) return;
    if (known.some(({ key: { round } }) => round >= key.round)) return;
    const posted = this.#posted.get(key.task);
    const earlier = known[0];
    if (!posted && !earlier) {
      // Posted before this executor started to look: too late for its first round only.
      void this.#openLater(key).catch((error: unknown) => {
        logger.warn({ code: "task-unread", task: key.task, err: error }, UNREAD);
      });
      return;
    }
    journal.record({
      kind: "assignment-opened",
      key,
      request: posted ? encodeRequest(posted.request) : (earlier?.request ?? "0x"),
      postedBlock: posted?.block ?? earlier?.postedBlock ?? this.#options.startBlock,
    });
    pool.open(key);
  }

  async #openLater(key: SeatKey, task = key.task): Promise<void> {
    const { journal, market, pool } = this.#options;
    const posted = await market.posted(task);
    if (!posted || journal.assignment(key)) return;
    const { request, block } = posted;
    journal.record({
      kind: "assignment-opened",
      key,
      request: encodeRequest(request),
      postedBlock: block,
    });
    pool.open(key);
  }

  /** Nobody judges what it voted on itself. */
  async #onPanel(task: Hash, key: SeatKey): Promise<void> {
    const { journal } = this.#options;
    const own = journal.assignmentsOf(task);
    if (own.some(({ state }) => state !== "released" && state !== "lost")) return;
    await this.#openLater(key, task);
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

  /** A seat or commitment of this provider that this journal knows nothing of. */
  async #checkOwn(task: Hash, event: string): Promise<void> {
    const { gate, identity, logger, market } = this.#options;
    if (this.#isOurs(task, event)) return;
    // History of an earlier data folder is no sign of a second process; a live seat is.
    const view = await market.task(task);
    const { status } =
      view.kind === "live" && view.fold
        ? (seatOfFold(view.fold, identity.provider) ?? { status: "none" })
        : await market.seat(task, identity.provider);
    if (status === "none" || status === "declined") return;
    gate.close("foreign-activity");
    logger.fatal(
      { code: "foreign-activity", task, event },
      "Another process works with this provider's key: no new seats are taken.",
    );
  }
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
