import { type MarketDomain, saltOf, seatOfFold } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { ChainListener } from "../chain/chain-tracker.ts";
import { isExecutorError } from "../errors.ts";
import type { Assignment, Transaction } from "../journal/rows.ts";
import type { BlockRow, SeatKey } from "../journal/transition.ts";
import type { SeatView } from "../market/market-reader.ts";
import { judgedRequest, panelOf } from "../market/panel.ts";
import { panelCalls } from "../market/panel-calls.ts";
import { phaseOf } from "../market/phase.ts";
import { decodeRequest } from "../market/request.ts";
import type { Logger } from "../runtime/logger.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import type {
  HandlerContext,
  HandlerMemory,
  HandlerServices,
  Overview,
  Step,
  WaitReason,
} from "./context.ts";
import type { HandlerTable } from "./handlers/index.ts";
import { isProven } from "./prove-steps.ts";

export interface AssignmentPoolOptions {
  readonly services: HandlerServices;
  readonly handlers: HandlerTable;
  readonly logger: Logger;
  /** Called when a handler journaled transactions. */
  readonly onQueued: () => void;
}

interface Worker {
  readonly key: SeatKey;
  readonly wakeup: Wakeup;
  readonly memory: HandlerMemory;
  /** Called at every head and event, beside waking the worker. */
  readonly watchers: Set<() => void>;
  /** Second of the chain's clock that the worker waits for. */
  until: number | undefined;
  /** What the last look ended with; kept while the next one is under way. */
  waiting: Waiting | undefined;
}

/** What an assignment waits for. */
export interface Waiting {
  /** Second of the chain's clock at which it looks again at the latest; absent: at an event. */
  readonly until?: number;
  readonly why?: WaitReason;
}

const NO_SEAT: SeatView = { status: "none", round: 0, value: "0x" };
const ERROR_PAUSE_MILLIS = 1_000;
/** Short, since a commit or reveal deadline may be near. */
const LONGEST_ERROR_PAUSE_MILLIS = 5_000;

/**
 * Drives every assignment: one loop each, which asks the handler of the journaled state what to do,
 * journals the answer and waits for the next event. Nothing but the journal and the chain decides,
 * so starting the loops again after a crash continues the same work.
 */
export class AssignmentPool implements ChainListener {
  readonly #options: AssignmentPoolOptions;
  readonly #workers = new Map<string, Worker>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  /** Number of the newest head that was told. */
  #highest = 0;
  /** Blocks left the chain before the assignments were continued. */
  #deepBefore = false;

  constructor(options: AssignmentPoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#workers.size;
  }

  /** Continues every journaled assignment; new ones start with `open` until the signal ends. */
  start(assignments: readonly Assignment[], signal: AbortSignal): void {
    this.#signal = signal;
    for (const { key } of assignments) this.open(key);
  }

  /** Starts the loop of a journaled assignment. Starting it twice does nothing. */
  open(key: SeatKey): void {
    const signal = this.#signal;
    const name = nameOf(key);
    if (!signal || signal.aborted || this.#workers.has(name)) return;
    const worker: Worker = {
      key,
      wakeup: new Wakeup(),
      memory: { failures: new Map(), ...(this.#deepBefore && { deepRollback: true }) },
      watchers: new Set(),
      until: undefined,
      waiting: undefined,
    };
    this.#workers.set(name, worker);
    const run = this.#run(worker, signal).finally(() => {
      this.#workers.delete(name);
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** What the assignment waits for; undefined while it acts, or when it is not under way. */
  waiting(key: SeatKey): Waiting | undefined {
    return this.#workers.get(nameOf(key))?.waiting;
  }

  /** Resolves when every loop has ended after the signal. */
  async stopped(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Something happened to this task. */
  wake(task: Hash): void {
    for (const worker of this.#workers.values()) {
      if (worker.key.task === task) rouse(worker);
    }
  }

  onHead(head: BlockRow): void {
    this.#highest = head.number;
    for (const worker of this.#workers.values()) {
      for (const watcher of worker.watchers) watcher();
      if (worker.until !== undefined && head.timestamp >= worker.until) worker.wakeup.wake();
    }
  }

  onRollback(above: number): void {
    const { confirmations } = this.#options.services.config.chain;
    // Before the start it is not known how deep.
    const deep = this.#signal === undefined || this.#highest - above > confirmations;
    this.#deepBefore ||= this.#signal === undefined;
    for (const worker of this.#workers.values()) {
      if (deep) worker.memory.deepRollback = true;
      rouse(worker);
    }
  }

  /** Has every assignment look again, whatever it waits for. */
  wakeAll(): void {
    for (const worker of this.#workers.values()) rouse(worker);
  }

  onTransaction(transaction: Transaction): void {
    if (transaction.key) this.wake(transaction.key.task);
  }

  async #run(worker: Worker, signal: AbortSignal): Promise<void> {
    const { services, logger: root } = this.#options;
    const logger = root.child({ task: worker.key.task, round: worker.key.round });
    const { memory } = worker;
    let pause = ERROR_PAUSE_MILLIS;
    while (!signal.aborted) {
      const mark = worker.wakeup.mark();
      const head = services.head();
      const assignment = services.journal.assignment(worker.key);
      if (!assignment || assignment.state === "released") return;
      try {
        const step = await this.#step(worker, assignment, assignment.state, memory, logger, signal);
        pause = ERROR_PAUSE_MILLIS;
        if (step.kind === "move") {
          worker.waiting = undefined;
          delete memory.absentSince;
          continue;
        }
        worker.waiting = waitingOf(step);
        worker.until = step.kind === "wait" ? step.until : head.timestamp;
        // A head that came while the handler looked is not waited for again.
        const newer = services.head();
        const due = worker.until !== undefined && newer.timestamp >= worker.until;
        if (!(due && newer.hash !== head.hash)) await worker.wakeup.wait(mark, signal);
      } catch (error) {
        if (signal.aborted || isExecutorError(error, "aborted")) return;
        logger.error(
          { code: "assignment-failed", state: assignment.state, err: error },
          "A step failed and is tried again.",
        );
        await worker.wakeup.wait(worker.wakeup.mark(), signal, pause);
        pause = Math.min(pause * 2, LONGEST_ERROR_PAUSE_MILLIS);
      } finally {
        worker.until = undefined;
      }
    }
  }

  async #step(
    worker: Worker,
    assignment: Assignment,
    state: keyof HandlerTable,
    memory: HandlerMemory,
    logger: Logger,
    signal: AbortSignal,
  ): Promise<Step> {
    const { services, handlers, onQueued } = this.#options;
    const context = contextOf(services, worker, assignment, memory, logger, signal);
    const step = await handlers[state](context);
    signal.throwIfAborted();
    if (step.kind === "record") {
      services.journal.record(...step.transitions);
      onQueued();
    }
    if (step.kind === "move") {
      const { to, reason, facts, also = [] } = step;
      services.journal.record(
        {
          kind: "assignment-moved",
          key: worker.key,
          from: state,
          to,
          ...(reason !== undefined && { reason }),
          ...(facts && { facts }),
        },
        ...also,
      );
      logger.info({ code: "assignment-moved", from: state, to, reason }, "An assignment moved on.");
      if (reason !== undefined && (to === "lost" || to === "abstaining")) {
        const source = to === "lost" ? "market" : "run";
        const refusal = { ...worker.key, source, code: reason } as const;
        services.noteRefusal({
          ...refusal,
          ...(step.detail !== undefined && { detail: step.detail }),
        });
      }
      if (also.length > 0) onQueued();
    }
    return step;
  }
}

function contextOf(
  services: HandlerServices,
  worker: Worker,
  assignment: Assignment,
  memory: HandlerMemory,
  logger: Logger,
  signal: AbortSignal,
): HandlerContext {
  const { key } = worker;
  const { identity, journal, market, saltSecret } = services;
  const domain: MarketDomain = identity;
  const posted = decodeRequest(assignment.request);
  const panel = panelOf(key.task, posted, domain);
  const request = panel ? judgedRequest(posted) : posted;
  const calls = panel ? panelCalls(services.calls, posted, panel.index) : services.calls;
  return {
    ...services,
    ...{ assignment, key, request, calls, memory, logger, signal },
    roundCalls: services.calls,
    ...(panel && { panel }),
    salt: () => saltOf({ ...domain, secret: saltSecret, taskId: key.task, round: key.round }),
    transaction: (purpose, round = key.round) =>
      journal.latestTransaction(purpose, { task: key.task, round }),
    watch(onChange) {
      worker.watchers.add(onChange);
      return () => worker.watchers.delete(onChange);
    },
    async overview(): Promise<Overview> {
      const now = services.head().timestamp;
      const view = await market.task(key.task, { fromBlock: assignment.postedBlock });
      const fold = view.kind === "live" ? view.fold : undefined;
      // One after the other: a task that is unfolded meanwhile would have no seat in either.
      const seat = fold
        ? (seatOfFold(fold, identity.provider) ?? NO_SEAT)
        : await market.seat(key.task, identity.provider);
      const terms =
        view.kind === "live" ? await market.terms(view.task.parameters) : { settleWindow: 0 };
      const asks = view.kind === "live" && isProven({ request, ...(panel && { panel }) });
      const policyGone = asks && (await market.policyGone(request));
      return {
        ...{ phase: phaseOf(view, request, terms, now), seat, now },
        ...(fold && { fold }),
        ...(policyGone && { policyGone }),
      };
    },
  };
}

function waitingOf(step: Exclude<Step, { kind: "move" }>): Waiting {
  if (step.kind === "record") return {};
  const { until, why } = step;
  return { ...(until !== undefined && { until }), ...(why && { why }) };
}

function rouse(worker: Worker): void {
  for (const watcher of worker.watchers) watcher();
  worker.wakeup.wake();
}

function nameOf({ task, round }: SeatKey): string {
  return `${task}/${round}`;
}
