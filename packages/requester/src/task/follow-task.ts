import { isLive, type Request, type TaskParameters, unpackHold } from "@deco-network/sdk";
import { getParameters, getTask, getTaskEvents } from "@deco-network/sdk/actions";
import type { Hex } from "viem";
import { getBlock } from "viem/actions";

import { abortedError, RequesterError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import { sleep } from "../runtime/sleep.ts";
import { type Rescue, rescueWhenStuck } from "./rescue.ts";
import { StageReader } from "./stage-reader.ts";
import type { TaskEnd, TaskStage } from "./stages.ts";
import { objections, proofOf, type Waiting, waitingOf } from "./waiting.ts";

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** First block that can hold the task's post; default: the market's first. */
  readonly fromBlock?: number;
  /** Blocks to wait for a post that may have been sent and is not mined yet; default 0. */
  readonly postWithinBlocks?: number;
  /** Pause between two questions to the chain; default: the client's polling interval. */
  readonly pollMillis?: number;
  /**
   * Blocks after which this account makes the permissionless call (`escalate`, `expire`, `finalize`, `dropOrder`) that
   * nobody else has made; absent: never. The market's client needs an account.
   */
  readonly rescueAfterBlocks?: number;
}

/** Failures in a row after which the node counts as gone. */
const MAX_FAILURES = 20;

/**
 * Tells what happens to a task until it ends, by polling: each stage as it is seen, and whenever
 * it changes what the task waits for and until when.
 * @returns the last stage, which was yielded too
 * @throws RequesterError `aborted`, `chain-unreachable`, `task-unknown`
 */
export async function* followTask(
  market: Market,
  taskId: Hex,
  options: FollowOptions = {},
): AsyncGenerator<TaskStage, TaskEnd> {
  const signal = options.signal ?? new AbortController().signal;
  const pollMillis = options.pollMillis ?? market.client.pollingInterval;
  const follower = new Follower(market, taskId, options, signal);
  let failures = 0;
  while (true) {
    if (signal.aborted) throw abortedError(signal);
    let stages: TaskStage[];
    try {
      stages = await follower.look();
      failures = 0;
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (error instanceof RequesterError) throw error;
      failures += 1;
      if (failures >= MAX_FAILURES) throw unreachable(error);
      stages = [{ stage: "chain-silent", attempt: failures, error }];
    }
    for (const stage of stages) {
      yield stage;
      if (stage.stage === "settled" || stage.stage === "ended") return stage;
    }
    await sleep(pollMillis * 2 ** Math.min(failures, 5), signal);
  }
}

/**
 * Follows a task to its end.
 * @param options.onStage Called with each stage, in order.
 * @throws as {@link followTask}
 */
export async function awaitTask(
  market: Market,
  taskId: Hex,
  options: FollowOptions & { readonly onStage?: (stage: TaskStage) => void } = {},
): Promise<TaskEnd> {
  const stages = followTask(market, taskId, options);
  while (true) {
    const { done, value } = await stages.next();
    if (done) return value;
    options.onStage?.(value);
  }
}

/** The last block that was read, to notice when it is gone. */
interface Seen {
  readonly number: number;
  readonly hash: Hex;
}

/** Remembers how far a task was told. */
class Follower {
  readonly #market: Market;
  readonly #taskId: Hex;
  readonly #fromBlock: number;
  readonly #postWithinBlocks: number;
  readonly #signal: AbortSignal;
  readonly #rescue: Rescue | undefined;
  readonly #terms = new Map<number, TaskParameters>();
  #reader = new StageReader();
  #seen: Seen | undefined;
  /** The latest block at the first look. */
  #firstHead: number | undefined;
  #told: Waiting | undefined;

  constructor(market: Market, taskId: Hex, options: FollowOptions, signal: AbortSignal) {
    this.#market = market;
    this.#taskId = taskId;
    this.#fromBlock = options.fromBlock ?? market.deployment.startBlock;
    this.#postWithinBlocks = options.postWithinBlocks ?? 0;
    this.#signal = signal;
    const { rescueAfterBlocks } = options;
    if (rescueAfterBlocks !== undefined) {
      this.#rescue = { afterBlocks: rescueAfterBlocks, stuckSince: undefined };
    }
  }

  /** What happened since the last look. */
  async look(): Promise<TaskStage[]> {
    const { client } = this.#market;
    const head = await getBlock(client, { blockTag: "latest" });
    const number = Number(head.number);
    this.#firstHead ??= number;
    // A node that lags behind shows nothing new; it must not move the place backwards.
    if (this.#seen !== undefined && number < this.#seen.number) return [];
    const stages: TaskStage[] = [];
    if (this.#seen !== undefined && !(await this.#stillThere(this.#seen))) {
      stages.push({ stage: "reorganized" });
      this.#reader = new StageReader();
      this.#seen = undefined;
      this.#told = undefined;
    }
    stages.push(...(await this.#newStages(number)));
    this.#seen = { number, hash: head.hash };
    const last = stages.at(-1)?.stage;
    if (last === "settled" || last === "ended") return stages;
    return [...stages, ...(await this.#waitingAfter(stages, head))];
  }

  /** What the task waits for; a failure here must not lose the stages that were read before, which are not read again. */
  async #waitingAfter(
    stages: readonly TaskStage[],
    head: { readonly number: bigint; readonly timestamp: bigint },
  ): Promise<TaskStage[]> {
    try {
      const waiting = await this.#waiting(Number(head.number), Number(head.timestamp));
      return waiting === undefined ? [] : [waiting];
    } catch (error) {
      // The next look meets the same trouble, if it lasts, with nothing to lose.
      if (stages.length > 0 && !this.#signal.aborted) return [];
      throw error;
    }
  }

  async #newStages(toBlock: number): Promise<TaskStage[]> {
    const fromBlock = this.#seen === undefined ? this.#fromBlock : this.#seen.number + 1;
    const events = await getTaskEvents(this.#market.client, {
      deployment: this.#market.deployment,
      ...{ taskId: this.#taskId, fromBlock, toBlock, signal: this.#signal },
    });
    return events.flatMap((event) => this.#reader.read(event));
  }

  async #waiting(block: number, now: number): Promise<TaskStage | undefined> {
    const { request, roster, hold } = this.#reader;
    if (request === undefined) {
      if (block - (this.#firstHead ?? block) < this.#postWithinBlocks) return undefined;
      throw unknownTask(this.#taskId);
    }
    const waiting =
      hold === undefined
        ? await this.#waitingTask(request, now)
        : proofOf(unpackHold(hold), request, now);
    if (waiting === undefined) return undefined;
    if (this.#rescue !== undefined) {
      const stuck = { waiting, request, roster, hold, block, signal: this.#signal };
      await rescueWhenStuck(this.#market, this.#rescue, stuck);
    }
    return this.#tell(waiting, now);
  }

  /** What the market says of a task; it knows no orders. */
  async #waitingTask(request: Request, now: number): Promise<Waiting | undefined> {
    const { client, deployment } = this.#market;
    const task = await getTask(client, { deployment, taskId: this.#taskId });
    // It ended in a later block than was read: the next look tells how.
    if (!isLive(task) && task.status !== "accepted") return undefined;
    return isLive(task)
      ? waitingOf(task, request, await this.#termsOf(task.parameters), now)
      : objections(task, request, now);
  }

  /** A stage, unless it was told before. */
  #tell(waiting: Waiting, now: number): TaskStage | undefined {
    const told = this.#told;
    if (told !== undefined && told.for === waiting.for && told.until === waiting.until) {
      return undefined;
    }
    this.#told = waiting;
    return { stage: "waiting", ...waiting, now };
  }

  /** Versions never change, so each is read once. */
  async #termsOf(version: number): Promise<TaskParameters> {
    const known = this.#terms.get(version);
    if (known !== undefined) return known;
    const { client, deployment } = this.#market;
    const { task } = await getParameters(client, { deployment, version });
    this.#terms.set(version, task);
    return task;
  }

  async #stillThere(seen: Seen): Promise<boolean> {
    try {
      const blockNumber = BigInt(seen.number);
      return (await getBlock(this.#market.client, { blockNumber })).hash === seen.hash;
    } catch (error) {
      if (error instanceof Error && error.name === "BlockNotFoundError") return false;
      throw error;
    }
  }
}

function unknownTask(taskId: Hex): RequesterError {
  return new RequesterError("task-unknown", `No task ${taskId} was posted to this market.`, {
    remedy: "Check the task id, and that the node serves the network on which it was posted.",
  });
}

function unreachable(cause: unknown): RequesterError {
  return new RequesterError("chain-unreachable", "The node does not answer any more.", {
    remedy: "Check the RPC URL and that the node is running; the task itself goes on.",
    cause,
  });
}
