import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { createLogger, type ExecutorConfigInput, openRunner } from "@deco-network/executor";
import {
  connectProviders,
  gatewaysOf,
  type Market,
  type ProviderConnections,
  readEndpoints,
} from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { getTask, listAccepted } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Address, Hex } from "viem";
import { getBlock } from "viem/actions";

import type { ActObserver } from "./acts.ts";
import { AppealDesk, type Budget } from "./appeals/appeal-desk.ts";
import { AppealFollower } from "./appeals/appeal-follower.ts";
import { observeSending } from "./chain/observe-sending.ts";
import { readTask } from "./chain/posted-request.ts";
import { AuditorError } from "./errors.ts";
import type { AuditorEvent } from "./events.ts";
import { Journal } from "./journal/journal.ts";
import type { ChosenTask } from "./journal/rows.ts";
import { type Finding, type JudgeParts, judgeTask } from "./judge/judge-task.ts";
import { chooseItems, isChosen } from "./judge/sample.ts";
import { lateAfter } from "./runtime/late-after.ts";
import { pause } from "./runtime/pause.ts";

export interface AuditorOptions {
  readonly market: Market;
  /** Whose bonds they are; the market's client signs for it unless nothing is sent. */
  readonly account: Address;
  /** Journal, content and work; absent: nothing is remembered, which suits only a dry run. */
  readonly folder?: string;
  /** For work when there is no folder. */
  readonly scratch: string;
  readonly budget: Budget;
  /** Says what would be done, and sends nothing. */
  readonly dryRun: boolean;
  /** Share of accepted tasks that are looked at, from 0 to 1. */
  readonly share: number;
  /** Items of a bag that are run again. */
  readonly items: number;
  /** Blocks, the including one counted, after which something counts as final. */
  readonly confirmations: number;
  readonly pollMillis: number;
  /** Blocks that others get to end a panel or a task; default 8. */
  readonly patienceBlocks?: number;
  /** Multiaddrs of nodes to stay connected to, beside the providers: requesters that serve inputs. */
  readonly peers?: readonly string[];
  readonly engines?: ExecutorConfigInput["engines"];
  readonly capacity?: ExecutorConfigInput["capacity"];
  readonly onEvent: (event: AuditorEvent) => void;
  readonly observer?: ActObserver;
}

/** Seconds of block time that an appeal gets to be sent before its window closes. */
const MARGIN_SECONDS = 10;
/** A short window keeps most of itself for running. */
const MARGIN_SHARE = 5;
const DEFAULT_PATIENCE_BLOCKS = 8;

/** Runs accepted tasks again, and appeals where the result is wrong. */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #journal: Journal;
  readonly #storage: Storage;
  readonly #connections: ProviderConnections;
  readonly #judge: JudgeParts;
  readonly #closeRunner: () => Promise<void>;
  readonly #desk: AppealDesk;
  readonly #follower: AppealFollower;

  private constructor(
    options: AuditorOptions,
    journal: Journal,
    storage: Storage,
    connections: ProviderConnections,
    runner: Awaited<ReturnType<typeof openRunner>>,
  ) {
    const { market, account, budget, dryRun, onEvent, pollMillis } = options;
    this.#options = options;
    this.#journal = journal;
    this.#storage = storage;
    this.#connections = connections;
    this.#judge = { runner, storage, retryMillis: pollMillis };
    this.#closeRunner = () => runner.close();
    this.#desk = new AppealDesk({ market, account, journal, budget, dryRun, onEvent });
    const patienceBlocks = options.patienceBlocks ?? DEFAULT_PATIENCE_BLOCKS;
    this.#follower = new AppealFollower({ market, account, journal, patienceBlocks, onEvent });
  }

  /**
   * Opens the journal, content, connections and engines.
   * @throws AuditorError, StorageError, ExecutorError: what keeps it from starting; nothing stays open
   */
  static async open(options: AuditorOptions, signal: AbortSignal): Promise<Auditor> {
    requireShare(options.share);
    const { account, folder, scratch, observer = {} } = options;
    const market = observeSending(options.market, observer);
    const { chainId, market: address } = market.deployment;
    const identity = { chainId, market: address, account };
    if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = folder === undefined ? ":memory:" : join(folder, "journal.sqlite");
    const journal = new Journal(path, identity, observer);
    const closers: (() => unknown)[] = [() => journal.close()];
    try {
      const storage = await openStorage({
        ...(folder !== undefined && { folder: join(folder, "storage") }),
        gateways: gatewaysOf(await readEndpoints(market, { signal })),
        peers: options.peers ?? [],
      });
      closers.push(() => storage.close());
      // What a run left that was cut short is nobody's result.
      await storage.discard(await storage.staged());
      const connections = await connectProviders(market, storage, { signal });
      closers.push(() => connections.close());
      const runner = await openRunner(
        {
          ...{ storage, folder: folder ?? scratch, logger: createLogger("silent") },
          ...(options.engines && { engines: options.engines }),
          ...(options.capacity && { capacity: options.capacity }),
        },
        signal,
      );
      return new Auditor({ ...options, market }, journal, storage, connections, runner);
    } catch (error) {
      for (const close of closers.reverse()) await close();
      throw error;
    }
  }

  /** Multiaddrs of its node, for requesters that want it to have their inputs. */
  addresses(): string[] {
    return this.#storage.addresses();
  }

  /** Follows accepted tasks and own appeals until the signal ends it. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#repeat("following the chain", () => this.#look(signal), signal),
      this.#repeat("running tasks again", () => this.#judgeNext(signal), signal),
    ]);
  }

  /**
   * Runs one task again, whatever the draw, and appeals if its result is wrong.
   * @param items Of a bag; default: some, by chance.
   * @throws AuditorError `task-not-accepted`
   */
  async checkOnce(
    taskId: Hex,
    items: readonly number[] | undefined,
    signal: AbortSignal,
  ): Promise<Finding> {
    const { market } = this.#options;
    const { client, deployment } = market;
    const found = await listAccepted(client, { deployment, signal });
    const accepted = found.find((each) => each.taskId === taskId);
    const task = await getTask(client, { deployment, taskId });
    const { request } = await readTask(market, taskId, signal);
    const now = Number((await getBlock(client, { blockTag: "latest" })).timestamp);
    if (accepted === undefined || task.status !== "accepted" || isOver(task, request, now)) {
      const state = task.status === "accepted" ? "accepted, its window over" : task.status;
      throw new AuditorError("task-not-accepted", `The task is ${state}.`, {
        remedy:
          "Only a result that may still be challenged can be appealed; see `deco verify` for others.",
      });
    }
    const chosen = {
      accepted,
      items: items ?? chooseItems(request.volume, this.#options.items),
      closesAt: task.acceptedAt + request.challengeWindow,
    };
    this.#journal.record({ kind: "task-chosen", task: chosen });
    const finding = await this.#judgeOne(chosen, signal);
    if (finding.kind === "wrong" && this.#journal.appeal(taskId) === undefined) {
      await this.#desk.appeal(taskId, finding.wrong, signal);
    }
    return finding;
  }

  /** Whether an appeal of this auditor over the task is on the chain, or was. */
  hasAppealed(taskId: Hex): boolean {
    const state = this.#journal.appeal(taskId)?.state;
    return state === "open" || state === "resolved";
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#closeRunner();
    await this.#connections.close();
    await this.#storage.close();
    this.#journal.close();
  }

  /** Draws among new acceptances, goes on with appeals, makes new ones. */
  async #look(signal: AbortSignal): Promise<boolean> {
    const { market, confirmations } = this.#options;
    const head = await getBlock(market.client, { blockTag: "latest" });
    const now = Number(head.timestamp);
    await this.#draw(Number(head.number) - confirmations + 1, now, signal);
    for (const appeal of this.#journal.appeals()) {
      if (appeal.state === "planned") await this.#desk.resume(appeal, signal);
      if (appeal.state === "open") await this.#follower.follow(appeal, signal);
    }
    for (const { taskId, wrong } of this.#journal.unappealed(now)) {
      await this.#desk.appeal(taskId, wrong, signal);
    }
    return false;
  }

  async #draw(toBlock: number, now: number, signal: AbortSignal): Promise<void> {
    const { market, share, items, onEvent } = this.#options;
    const { client, deployment } = market;
    const fromBlock = (this.#journal.followed() ?? deployment.startBlock - 1) + 1;
    if (toBlock < fromBlock) return;
    const chosen: ChosenTask[] = [];
    const passedOver: Hex[] = [];
    for (const accepted of await listAccepted(client, { deployment, fromBlock, toBlock, signal })) {
      const { taskId } = accepted;
      const task = await getTask(client, { deployment, taskId });
      const { request } = await readTask(market, taskId, signal);
      // Without a window there is nothing to appeal; a later look could not change anything.
      if (task.status !== "accepted" || isOver(task, request, now)) continue;
      const closesAt = task.acceptedAt + request.challengeWindow;
      if (!isChosen(share)) passedOver.push(taskId);
      else chosen.push({ accepted, items: chooseItems(request.volume, items), closesAt });
    }
    this.#journal.record(
      { kind: "followed", block: toBlock },
      ...chosen.map((task) => ({ kind: "task-chosen", task }) as const),
    );
    for (const taskId of passedOver) onEvent({ event: "passed-over", taskId });
    for (const { accepted, items: drawn, closesAt } of chosen) {
      onEvent({ event: "chosen", taskId: accepted.taskId, items: drawn, closesAt });
    }
  }

  /** @returns whether there was something to do */
  async #judgeNext(signal: AbortSignal): Promise<boolean> {
    const next = this.#journal.nextChosen();
    if (next === undefined) return false;
    await this.#judgeOne(next, signal);
    await this.#storage.collectGarbage({ signal });
    return true;
  }

  async #judgeOne(task: ChosenTask, signal: AbortSignal): Promise<Finding> {
    const { market, pollMillis, onEvent } = this.#options;
    const { taskId } = task.accepted;
    const { request } = await readTask(market, taskId, signal);
    const margin = Math.min(MARGIN_SECONDS, Math.ceil(request.challengeWindow / MARGIN_SHARE));
    const deadline = lateAfter(market.client, task.closesAt - margin, pollMillis);
    try {
      const finding = await judgeTask(this.#judge, task, request, deadline.passed, signal);
      const wrong = finding.kind === "wrong" ? finding.wrong : undefined;
      this.#journal.record({ kind: "task-judged", taskId, state: finding.kind, wrong });
      onEvent(eventOf(task, finding));
      return finding;
    } finally {
      deadline.stop();
    }
  }

  /** One failure does not end the watch: it is told, and tried again with growing pauses. */
  async #repeat(doing: string, work: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { pollMillis, onEvent } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      let busy = false;
      try {
        busy = await work();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        onEvent({ event: "trouble", doing, error });
      }
      if (!busy) await pause(pollMillis * 2 ** Math.min(failures, 5), signal);
    }
  }
}

function eventOf({ accepted, items }: ChosenTask, finding: Finding): AuditorEvent {
  const { taskId } = accepted;
  if (finding.kind === "right") return { event: "right", taskId, items };
  if (finding.kind === "inconclusive") {
    const { reason, detail } = finding;
    return { event: "inconclusive", taskId, reason, detail };
  }
  const { index: item, accepted: claimed, computed } = finding.wrong;
  return { event: "wrong", taskId, item, accepted: claimed, computed };
}

function isOver(
  { acceptedAt }: { readonly acceptedAt: number },
  { challengeWindow }: Pick<Request, "challengeWindow">,
  now: number,
): boolean {
  return challengeWindow === 0 || now > acceptedAt + challengeWindow;
}

function requireShare(share: number): void {
  if (share >= 0 && share <= 1) return;
  throw new AuditorError("setting-invalid", `The share ${share} is not between 0 and 1.`, {
    remedy: "Give 1 to look at every accepted task, 0.1 to look at a tenth.",
  });
}
