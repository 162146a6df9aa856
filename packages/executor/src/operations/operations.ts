import type { Hash } from "viem";

import type { AssignmentPool } from "../assignments/assignment-pool.ts";
import type { HandlerServices } from "../assignments/context.ts";
import { ASSIGNMENT_STATES, type AssignmentState } from "../assignments/states.ts";
import type { MaterialCache } from "../cache/material-cache.ts";
import type { ChainClient } from "../chain/chain-client.ts";
import type { ChainTracker } from "../chain/chain-tracker.ts";
import { reasonOf } from "../reasons/reason.ts";
import type { Records } from "../records/records.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Backlog } from "../services/backlog.ts";
import type { TransactionQueue } from "../transactions/transaction-queue.ts";
import type { Conditions } from "./conditions.ts";
import { type DrainEstimate, estimateDrain } from "./estimate-drain.ts";
import { type Explanation, explainTask } from "./explain-task.ts";
import type { MetricsSource } from "./metrics.ts";

export interface OperationsOptions {
  readonly services: HandlerServices;
  readonly pool: AssignmentPool;
  readonly tracker: Pick<ChainTracker, "head" | "silentMillis">;
  readonly backlog: Pick<Backlog, "seconds">;
  readonly cache: Pick<MaterialCache, "bytes">;
  readonly records: Records;
  readonly conditions: Conditions;
  readonly connection: Pick<ChainClient, "status">;
  readonly queue: Pick<TransactionQueue, "status">;
  readonly logger: Logger;
}

/** Why the executor would take no seat now. */
export interface Problem {
  /** A reason of docs/REASONS.md, or `chain-unsynced`, `chain-silent`, `engines-down`. */
  readonly code: string;
  readonly means: string;
  readonly remedy: string;
}

export interface Readiness {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly checks: Readonly<Record<string, unknown>>;
}

/** What the operator's tools ask for, as the control API gives it. */
export interface OperatorStatus extends Readiness {
  readonly provider: number;
  readonly operator: string;
  readonly endpoint: string;
  readonly uptimeSeconds: number;
  readonly intake: "on" | "off" | "stopping";
  readonly assignments: Readonly<Record<string, number>>;
  readonly drain: DrainEstimate;
}

export interface ListedTask {
  readonly task: Hash;
  readonly round: number;
  readonly state: AssignmentState;
  readonly reason?: string;
  readonly updatedAt: number;
}

const MOST_LISTED = 1_000;

/** What an operator can ask of a running executor, and do to it. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #startedAt = Date.now();
  #stopping = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
    // An operator who drained it does not expect a restart to undo that.
    if (options.records.intakeOff) options.services.gate.close("draining");
  }

  health(): { readonly ok: boolean } & Record<string, unknown> {
    return { ok: true, uptimeSeconds: this.#uptime };
  }

  readiness(): Readiness {
    const { services, tracker, conditions, connection, queue } = this.#options;
    const { gate, config } = services;
    const { engines, diskFreeBytes, balanceWei, balanceNeededWei } = conditions.view;
    const silent = tracker.silentMillis > config.health.chainSilentSeconds * 1_000;
    const engineUp = Object.values(engines).some(Boolean);
    const problems: Problem[] = [
      ...gate.reasons.map((code) => ({ code, ...wordsOf(code) })),
      ...(tracker.head ? [] : [CHAIN_UNSYNCED]),
      ...(silent ? [CHAIN_SILENT] : []),
      ...(engineUp ? [] : [ENGINES_DOWN]),
    ];
    return {
      ok: problems.length === 0,
      problems,
      checks: {
        chain: {
          ok: tracker.head !== undefined && !silent,
          head: tracker.head?.number ?? null,
          headTimestamp: tracker.head?.timestamp ?? null,
          silentSeconds: Math.floor(tracker.silentMillis / 1_000),
          endpoints: connection.status,
        },
        engines,
        transactions: queue.status,
        disk: {
          ok: !gate.reasons.includes("disk-low"),
          freeBytes: diskFreeBytes ?? null,
          minBytes: config.health.minDiskBytes,
        },
        balance: {
          ok: !gate.reasons.includes("balance-low"),
          wei: balanceWei ?? null,
          neededWei: balanceNeededWei ?? null,
        },
      },
    };
  }

  async status(endpoint: string): Promise<OperatorStatus> {
    const { services } = this.#options;
    const { provider, operator } = services.identity;
    const off = services.gate.reasons.includes("draining");
    return {
      ...{ provider, operator, endpoint, uptimeSeconds: this.#uptime },
      intake: this.#stopping ? "stopping" : off ? "off" : "on",
      ...this.readiness(),
      assignments: this.assignments(),
      drain: await this.drainEstimate(),
    };
  }

  /** Takes no new seats, also after a restart, until `resume`; seats of rounds that are not full are given back. */
  async drain(): Promise<DrainEstimate> {
    const { records, services, logger } = this.#options;
    records.intakeOff = true;
    services.gate.close("draining");
    logger.info({ code: "intake-off" }, "The operator turned intake off.");
    this.#rouse();
    return await this.drainEstimate();
  }

  /** @returns whether seats are taken again: not when the executor is stopping. */
  resume(): boolean {
    const { records, services, logger } = this.#options;
    if (this.#stopping) return false;
    records.intakeOff = false;
    services.gate.lift("draining");
    logger.info({ code: "intake-on" }, "The operator turned intake on.");
    this.#rouse();
    return true;
  }

  /** From here on nothing is taken, whoever asks. */
  stop(): void {
    this.#stopping = true;
    this.#options.services.gate.close("draining");
    this.#rouse();
  }

  why(task: Hash): Explanation {
    const { services, records, pool } = this.#options;
    const { journal } = services;
    return explainTask(task, { journal, records, waiting: (key) => pool.waiting(key) });
  }

  tasks(states: readonly AssignmentState[] = ASSIGNMENT_STATES): ListedTask[] {
    const found = this.#options.services.journal.assignmentsIn(states);
    found.sort((a, b) => b.updatedAt - a.updatedAt);
    return found.slice(0, MOST_LISTED).map(({ key, state, reason, updatedAt }) => ({
      ...{ task: key.task, round: key.round, state },
      ...(reason !== undefined && { reason }),
      updatedAt,
    }));
  }

  assignments(): Record<string, number> {
    const { journal } = this.#options.services;
    const counts = ASSIGNMENT_STATES.map((state) => [state, journal.countIn([state])] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  async drainEstimate(): Promise<DrainEstimate> {
    const { journal, market, identity, head } = this.#options.services;
    const now = head().timestamp;
    return await estimateDrain({ journal, market, domain: identity, now });
  }

  /** Where the metrics' gauges look. */
  metricsSource(): MetricsSource {
    const { services, tracker, conditions } = this.#options;
    const { config, gate, identity, journal, offers, runner } = services;
    return {
      provider: identity.provider,
      ready: () => this.readiness().ok,
      intakeClosed: () => gate.reasons,
      head: () => tracker.head,
      chainSilentMillis: () => tracker.silentMillis,
      assignments: () => this.assignments(),
      oldestSentBlocks: () => {
        const signedAt = journal
          .transactionsIn("sent")
          .flatMap(({ id }) => journal.attempts(id).slice(0, 1))
          .map(({ block }) => block);
        const head = tracker.head?.number;
        return head === undefined || signedAt.length === 0 ? 0 : head - Math.min(...signedAt);
      },
      transactions: () => ({
        queued: journal.transactionsIn("queued").length,
        sent: journal.transactionsIn("sent").length,
      }),
      free: () => runner.free(),
      machine: runner.machine,
      tasks: config.capacity.tasks,
      waiting: () => runner.waiting,
      cacheBytes: () => this.#options.cache.bytes,
      backlogSeconds: () => this.#options.backlog.seconds,
      occupied: () => offers.occupied(),
      conditions: () => conditions.view,
    };
  }

  get #uptime(): number {
    return Math.floor((Date.now() - this.#startedAt) / 1_000);
  }

  /** Assignments that wait for an event would not notice the gate. */
  #rouse(): void {
    this.#options.pool.wakeAll();
  }
}

const CHAIN_UNSYNCED: Problem = {
  code: "chain-unsynced",
  means: "The chain has not been followed up to its head yet.",
  remedy: "Wait; if it lasts, check chain.endpoints.",
};
const CHAIN_SILENT: Problem = {
  code: "chain-silent",
  means: "No endpoint of the chain has answered for a while.",
  remedy: "Check chain.endpoints and the node.",
};
const ENGINES_DOWN: Problem = {
  code: "engines-down",
  means: "No engine works.",
  remedy: "See engine-unavailable and engine-lost in the log.",
};

function wordsOf(code: string): { readonly means: string; readonly remedy: string } {
  const reason = reasonOf(code);
  return { means: reason?.means ?? code, remedy: reason?.operator ?? "" };
}
