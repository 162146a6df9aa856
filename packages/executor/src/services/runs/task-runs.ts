import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { BindingParameters } from "@deco-network/proofs";
import { DecoDocumentError, digestToCid } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash, Hex } from "viem";

import type { Rank } from "../../capacity/next-run.ts";
import type { GivenDevices } from "../../capacity/resources.ts";
import type { RunQueue } from "../../capacity/run-queue.ts";
import type { RunTimes } from "../../capacity/run-times.ts";
import { type RunCheckpoints, runResumable } from "../../checkpoints/resumable-run.ts";
import type { AbstainReason, Execution, RunSpec } from "../../engines/engine.ts";
import type { CheckpointSpec } from "../../engines/kept-checkpoints.ts";
import type { SeatKey, VotedResult } from "../../journal/transition.ts";
import type { PrivateWork } from "../../privacy/private-work.ts";
import type { RunLogs } from "../../progress/run-logs.ts";
import { StderrLog } from "../../progress/stderr-log.ts";
import { BagProgress } from "../../results/bag-progress.ts";
import { buildBag } from "../../results/build-bag.ts";
import { buildProvenResult } from "../../results/build-proven-result.ts";
import { buildResult } from "../../results/build-result.ts";
import type { SeatUsage } from "../../results/receipt-writer.ts";
import type { UsageMeter } from "../../results/run-usage.ts";
import type { Logger } from "../../runtime/logger.ts";
import { engineReason } from "../abstain-reasons.ts";
import { itemDigest } from "../fetch-task.ts";
import type { ReadyTask } from "./prepared-tasks.ts";

/** How a run that could begin came out. */
export type RunEnd =
  | {
      readonly kind: "completed";
      readonly result: VotedResult;
      /** Absent when nothing ran: all of it was there from before a restart. */
      readonly usage?: SeatUsage;
    }
  | Abstained;

export interface Abstained {
  readonly kind: "abstained";
  readonly reason: AbstainReason;
  readonly detail: string;
}

export interface TaskRunsOptions {
  readonly storage: Storage;
  /** Who proofs are for; whoever holds no seat makes none. */
  readonly identity?: Omit<BindingParameters, "taskId"> | undefined;
  /** What requesters are told from; absent where there are none, as with an auditor. */
  readonly logs?: RunLogs | undefined;
  /** Absent where no private tasks are run, as with an auditor. */
  readonly privacy?: PrivateWork | undefined;
  readonly logger: Logger;
  readonly times: RunTimes;
  readonly queue: RunQueue;
  readonly folder: (key: SeatKey) => string;
}

/** What the runs of a seat share. */
export interface PartOfSeat {
  /** The task's program. */
  readonly program: Hash;
  readonly meter: UsageMeter;
  readonly rank?: Rank | undefined;
  readonly checkpoints?: RunCheckpoints;
}

/** What of a task has not begun. */
export interface LeftRuns {
  readonly runs: number;
  readonly rank: Rank | undefined;
}

interface Item {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Runs prepared programs, single ones and the items of bags, and turns what they leave into results. */
export class TaskRuns {
  readonly #options: TaskRunsOptions;
  readonly #left = new Map<Hash, LeftRuns>();

  constructor(options: TaskRunsOptions) {
    this.#options = options;
  }

  /** What a task that is being run has not begun; undefined for others. */
  left(task: Hash): LeftRuns | undefined {
    return this.#left.get(task);
  }

  /** Runs all of the task. */
  async all(
    key: SeatKey,
    ready: ReadyTask,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { items } = ready.material;
    const runs = items ? items.length / 32 : 1;
    return await this.#counted(key, runs, part, () => this.#all(key, ready, part, signal));
  }

  async #all(
    key: SeatKey,
    ready: ReadyTask,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { items } = ready.material;
    if (items) return await this.#bag(key, ready, items, part, signal);
    const outcome = await this.#one(key, ready, undefined, part, signal);
    if (outcome.kind === "abstained") return outcome;
    const { digest, proof } = outcome;
    if (ready.salt !== undefined) await this.#options.privacy?.ran(key.task, digest);
    return { kind: "completed", result: { digest, ...(proof && { proof }) } };
  }

  /** Runs one item of a bag, or all of a task that is none. */
  async item(
    key: SeatKey,
    ready: ReadyTask,
    index: number,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { items } = ready.material;
    if (!items) return await this.all(key, ready, part, signal);
    return await this.#counted(key, 1, part, async () => {
      const item = await this.#itemOf(items, index, signal);
      const outcome = await this.#one(key, ready, item, part, signal);
      if (outcome.kind === "abstained") return outcome;
      return { kind: "completed", result: { digest: outcome.digest } };
    });
  }

  async #counted(
    { task }: SeatKey,
    runs: number,
    { rank }: PartOfSeat,
    work: () => Promise<RunEnd>,
  ): Promise<RunEnd> {
    this.#left.set(task, { runs, rank });
    try {
      return await work();
    } finally {
      this.#left.delete(task);
    }
  }

  #begins({ task }: SeatKey): void {
    const left = this.#left.get(task);
    // What is begun again after a checkpoint was of no use counts once.
    if (left) this.#left.set(task, { ...left, runs: Math.max(0, left.runs - 1) });
  }

  async #itemOf(items: Uint8Array, index: number, signal: AbortSignal): Promise<Item> {
    const cid = digestToCid(itemDigest(items, index));
    return { index, bytes: await this.#options.storage.getBlock(cid, { signal }) };
  }

  async #bag(
    key: SeatKey,
    ready: ReadyTask,
    items: Uint8Array,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { storage, folder, logs, queue } = this.#options;
    const count = items.length / 32;
    const progress = await BagProgress.open(join(folder(key), "results"), count);
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    let next = 0;
    let abstained: Abstained | undefined;
    const work = async () => {
      for (let index = next++; index < count && !abstained; index = next++) {
        const known = progress.digest(index);
        if (known && (await isStored(storage, known))) {
          logs?.itemDone(key);
          this.#begins(key);
          continue;
        }
        const item = await this.#itemOf(items, index, until);
        const outcome = await this.#one(key, ready, item, part, until);
        if (outcome.kind === "abstained") {
          abstained ??= outcome;
          stop.abort();
          return;
        }
        await progress.put(index, outcome.digest);
      }
    };
    try {
      const workers = Array.from({ length: Math.min(queue.whole.slots, count) }, work);
      const ended = await Promise.allSettled(workers);
      if (abstained) return abstained;
      const failed = ended.find((end) => end.status === "rejected");
      if (failed) throw failed.reason;
      const result = await buildBag(storage, progress.digests, signal);
      return { kind: "completed", result };
    } finally {
      await progress.close();
    }
  }

  async #one(
    key: SeatKey,
    { material, prepared, need, salt }: ReadyTask,
    item: Item | undefined,
    { program: digest, meter, rank, checkpoints }: PartOfSeat,
    signal: AbortSignal,
  ): Promise<
    { readonly kind: "completed"; readonly digest: Hash; readonly proof?: Hex } | Abstained
  > {
    const { logs, logger, queue, storage, times } = this.#options;
    const seatFolder = this.#options.folder(key);
    const outputFolder = join(seatFolder, `out-${item?.index ?? 0}`);
    const stderr = logs && new StderrLog((bytes) => logs.write(key, bytes), item?.index);
    const runOnce = (checkpoint: CheckpointSpec | undefined) => {
      const start = async (devices: readonly GivenDevices[]) => {
        await rm(outputFolder, { recursive: true, force: true });
        await mkdir(outputFolder, { recursive: true });
        const spec: RunSpec = {
          outputFolder,
          ...(item && { item }),
          ...(devices.length > 0 && { devices }),
          ...this.#binding(key, material.program.engine),
          ...(checkpoint && { checkpoint }),
          ...(stderr && { onStderr: (bytes) => stderr.write(bytes) }),
        };
        meter.starts();
        this.#begins(key);
        const since = performance.now();
        let execution: Execution | undefined;
        try {
          execution = await prepared.run(spec, signal);
          return execution;
        } finally {
          const took = performance.now() - since;
          if (execution?.kind === "completed") times.ended(digest, took);
          else times.cutOff(digest, material.program, took);
        }
      };
      const millis = times.expected(digest, material.program);
      return queue.use({ need, rank, millis }, start, signal);
    };
    const folder = join(seatFolder, "checkpoints", String(item?.index ?? 0));
    const resumable = checkpoints && {
      ...{ program: material.program, folder, checkpoints },
      logger: logger.child({ task: key.task, index: item?.index }),
    };
    try {
      const execution = await (resumable
        ? runResumable(resumable, runOnce, signal)
        : runOnce(undefined));
      stderr?.end(execution);
      if (execution.kind === "abstained") return execution;
      logs?.itemDone(key);
      meter.ended(execution.measurements);
      this.#log(key, item?.index, execution, salt !== undefined);
      const { program } = material;
      if (execution.proven) {
        const shown = await buildProvenResult(storage, material.input, execution.proven, signal);
        return { kind: "completed", ...shown };
      }
      const result = await buildResult(storage, program, execution, outputFolder, signal, salt);
      if (item) await rm(folder, { recursive: true, force: true });
      return { kind: "completed", digest: result };
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof DecoDocumentError ? "program-invalid" : engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    } finally {
      await rm(outputFolder, { recursive: true, force: true });
    }
  }

  /** Task and provider that a circuit's proof is for. */
  #binding({ task }: SeatKey, engine: string): Pick<RunSpec, "binding"> {
    const { identity } = this.#options;
    return engine === "circuit" && identity ? { binding: { ...identity, taskId: task } } : {};
  }

  #log(
    key: SeatKey,
    index: number | undefined,
    execution: Extract<Execution, { kind: "completed" }>,
    isPrivate: boolean,
  ): void {
    const { exitCode, fault, measurements, stderr } = execution;
    const { wallMillis, cpuMillis, peakMemoryBytes } = measurements;
    this.#options.logger.debug(
      {
        ...{ code: "program-ran", task: key.task, index, exitCode, fault },
        ...{ wallMillis, cpuMillis, peakMemoryBytes },
        // The operator's log outlives a private task.
        ...(!isPrivate && { stderr: Buffer.from(stderr).toString("utf8").slice(-1_000) }),
      },
      "A program ran.",
    );
  }
}

/** Read, not only found: a power cut may have damaged it. */
async function isStored(storage: Storage, digest: Hash): Promise<boolean> {
  return await storage.getDocument(digest, { offline: true }).then(
    () => true,
    () => false,
  );
}
