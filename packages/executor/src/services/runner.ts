import { bagResultOf, type ProgramDocument, type Request } from "@deco-network/sdk";
import { StorageError } from "@deco-network/storage";
import type { Hash } from "viem";

import type { AttestedSeats } from "../attested/attested-seats.ts";
import type { Rank } from "../capacity/next-run.ts";
import type { Resources } from "../capacity/resources.ts";
import { type BegunRun, RunQueue } from "../capacity/run-queue.ts";
import type { RunCheckpoints } from "../checkpoints/resumable-run.ts";
import type { AbstainReason, Engine } from "../engines/engine.ts";
import type { SeatKey } from "../journal/transition.ts";
import type { SeatUsage } from "../results/receipt-writer.ts";
import { type RunUsage, UsageMeter } from "../results/run-usage.ts";
import { engineReason, refusalReason } from "./abstain-reasons.ts";
import { type FetchRefusal, fetchProgram, type JudgeProgram, TaskRefusal } from "./fetch-task.ts";
import { PreparedTasks, type PreparedTasksOptions, type ReadyTask } from "./runs/prepared-tasks.ts";
import {
  type Abstained,
  type LeftRuns,
  type RunEnd,
  TaskRuns,
  type TaskRunsOptions,
} from "./runs/task-runs.ts";

export type PrepareOutcome =
  | { readonly kind: "ready" }
  /** Not now: the requester may not be reachable yet. */
  | { readonly kind: "unavailable"; readonly detail: string }
  /** Never, here. */
  | {
      readonly kind: "refused";
      readonly reason: FetchRefusal | `engine-${AbstainReason}`;
      readonly detail: string;
    };

export type RunOutcome =
  | RunEnd
  /** The task is private, and its requester has not given the key yet. */
  | { readonly kind: "key-awaited" };

export interface RunnerOptions
  extends Omit<PreparedTasksOptions, "queue">,
    Omit<TaskRunsOptions, "queue" | "folder"> {
  /** What all programs share that run at the same time. */
  readonly machine: Resources;
  /** What each engine says of its version, for receipts. */
  readonly engineVersions: ReadonlyMap<Engine["name"], string>;
  /** Signs results where an attested policy decides. */
  readonly attested?: Pick<AttestedSeats, "serves" | "prove"> | undefined;
}

/** What a run goes by beside its task. */
export interface RunTerms {
  /** Absent: nothing hurries it. */
  readonly rank?: Rank;
  /** Where runs of programs that keep some go on from; absent: each run begins anew. */
  readonly checkpoints?: RunCheckpoints | undefined;
}

/** Fetches, prepares and runs programs, and turns what they leave into results. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #queue: RunQueue;
  readonly #tasks: PreparedTasks;
  readonly #runs: TaskRuns;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#queue = new RunQueue(options.machine);
    this.#tasks = new PreparedTasks({ ...options, queue: this.#queue });
    const folder = (key: SeatKey) => this.#tasks.folder(key);
    this.#runs = new TaskRuns({ ...options, queue: this.#queue, folder });
  }

  /** What none of the running programs may use. */
  free(): Resources {
    return this.#queue.free;
  }

  /** What all programs share. */
  get machine(): Resources {
    return this.#queue.whole;
  }

  /** Runs that wait for room. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Runs that have begun. */
  get underway(): readonly BegunRun[] {
    return this.#queue.underway;
  }

  /** What a task that is being run has not begun; undefined for others. */
  left(task: Hash): LeftRuns | undefined {
    return this.#runs.left(task);
  }

  /** Names of the engines here. */
  get engines(): readonly string[] {
    return this.#options.engines.map(({ name }) => name);
  }

  /**
   * Makes a task ready to run; doing it again is free.
   * @param judge asked before anything large is fetched
   */
  async prepare(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    judge?: JudgeProgram,
  ): Promise<PrepareOutcome> {
    try {
      await this.#tasks.get(key, request, signal, judge);
      return { kind: "ready" };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TaskRefusal) {
        return { kind: "refused", reason: error.code, detail: error.message };
      }
      const reason = engineReason(error);
      if (reason) return { kind: "refused", reason: `engine-${reason}`, detail: String(error) };
      if (error instanceof StorageError) return { kind: "unavailable", detail: error.message };
      throw error;
    }
  }

  /**
   * Runs the task, waiting for room first.
   * @throws whatever keeps it from running now; the caller tries again while there is time
   */
  async run(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    { rank, checkpoints }: RunTerms = {},
  ): Promise<RunOutcome> {
    const found = await this.#readyOr(key, request, signal);
    if ("kind" in found) return found;
    const ready = await this.#tasks.open(key, found, signal);
    if ("kind" in ready) return ready;
    const { logs } = this.#options;
    logs?.begin(key, request.volume);
    try {
      const outcome = await this.#measured(ready, (meter) => {
        // What a private program keeps would be published in the clear, so its run begins anew.
        const resumable = ready.salt === undefined && checkpoints;
        const { program } = request;
        const part = { program, meter, rank, ...(resumable && { checkpoints: resumable }) };
        return this.#runs.all(key, ready, part, signal);
      });
      return await this.#signed(key, request, outcome, signal);
    } finally {
      await logs?.end(key);
    }
  }

  /** Runs one item of a bag, as a panel judges it: its own result document is the result. */
  async runItem(
    key: SeatKey,
    request: Request,
    index: number,
    signal: AbortSignal,
    { rank }: RunTerms = {},
  ): Promise<RunEnd> {
    const ready = await this.#readyOr(key, request, signal);
    if ("kind" in ready) return ready;
    return await this.#measured(ready, (meter) =>
      this.#runs.item(key, ready, index, { program: request.program, meter, rank }, signal),
    );
  }

  /** The outcome with the attested key's signature, where that decides the task. */
  async #signed(
    { task }: SeatKey,
    request: Request,
    outcome: RunEnd,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { attested } = this.#options;
    if (outcome.kind === "abstained" || !attested?.serves(request)) return outcome;
    const { digest, root } = outcome.result;
    const result = root === undefined ? digest : bagResultOf(root, digest);
    const proof = await attested.prove(task, result, signal);
    return { ...outcome, result: { ...outcome.result, proof } };
  }

  /** Measures what is run. Whoever commits to a result must still have it after a power cut. */
  async #measured(ready: ReadyTask, run: (meter: UsageMeter) => Promise<RunEnd>): Promise<RunEnd> {
    const meter = new UsageMeter();
    let used: RunUsage | undefined;
    let outcome: RunEnd;
    try {
      outcome = await run(meter);
    } finally {
      used = await meter.stop();
    }
    if (outcome.kind !== "completed") return outcome;
    await this.#options.storage.flush();
    return used ? { ...outcome, usage: this.#usage(ready, used) } : outcome;
  }

  /** What is prepared, or why the seat must abstain. */
  async #readyOr(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
  ): Promise<ReadyTask | Abstained> {
    try {
      return await this.#tasks.get(key, request, signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof TaskRefusal ? refusalReason(error.code) : engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    }
  }

  #usage({ material, fetchMillis, prepareMillis }: ReadyTask, used: RunUsage): SeatUsage {
    const name = material.program.engine;
    const version = this.#options.engineVersions.get(name) ?? "unknown";
    return { ...used, fetchMillis, prepareMillis, engine: { name, version } };
  }

  /**
   * Ends what was prepared, so that the next run prepares it anew: its engine was away meanwhile.
   * Items that are done stay done.
   */
  async prepareAgain(key: SeatKey): Promise<void> {
    // An engine that is away cannot tidy up; what it forgot is swept at the next start.
    await this.#tasks.forget(key).catch(() => undefined);
  }

  /** Ends and forgets what was prepared. Idempotent. */
  async release(key: SeatKey): Promise<void> {
    await this.#tasks.release(key);
  }

  /** Removes the input of a private task that has run, and its key: the result is all that is needed of it. */
  async shred(key: SeatKey): Promise<void> {
    if (this.#options.privacy?.isPrivate(key.task)) await this.release(key);
  }

  async close(): Promise<void> {
    await this.#tasks.close();
  }

  /**
   * The document of a task's program, which is usually here already.
   * @throws TaskRefusal, StorageError
   */
  async program(
    request: Pick<Request, "program">,
    options: { readonly signal: AbortSignal; readonly offline?: boolean },
  ): Promise<ProgramDocument> {
    return await fetchProgram(this.#options.storage, request, options);
  }
}
