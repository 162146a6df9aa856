import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { BindingParameters } from "@deco-network/proofs";
import {
  bagResultOf,
  DecoDocumentError,
  digestToCid,
  type ProgramDocument,
  type Request,
} from "@deco-network/sdk";
import { type Storage, StorageError } from "@deco-network/storage";
import type { Hash, Hex } from "viem";

import type { AttestedSeats } from "../attested/attested-seats.ts";
import { type RunCheckpoints, runResumable } from "../checkpoints/resumable-run.ts";
import type {
  AbstainReason,
  Engine,
  Execution,
  PreparedProgram,
  ProofStatement,
  RunSpec,
} from "../engines/engine.ts";
import type { CheckpointSpec } from "../engines/kept-checkpoints.ts";
import type { SeatKey, VotedResult } from "../journal/transition.ts";
import type { PrivateWork } from "../privacy/private-work.ts";
import type { RunLogs } from "../progress/run-logs.ts";
import { StderrLog } from "../progress/stderr-log.ts";
import { BagProgress } from "../results/bag-progress.ts";
import { buildBag } from "../results/build-bag.ts";
import { buildProvenResult } from "../results/build-proven-result.ts";
import { buildResult } from "../results/build-result.ts";
import type { SeatUsage } from "../results/receipt-writer.ts";
import { type RunUsage, UsageMeter } from "../results/run-usage.ts";
import type { Logger } from "../runtime/logger.ts";
import { Slots } from "../runtime/slots.ts";
import { engineReason, refusalReason } from "./abstain-reasons.ts";
import {
  type FetchRefusal,
  fetchProgram,
  fetchTask,
  itemDigest,
  type JudgeProgram,
  type TaskMaterial,
  TaskRefusal,
} from "./fetch-task.ts";
import { memoryReservation } from "./memory-reservation.ts";

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

/** How a run that could begin came out. */
export type RunEnd =
  | {
      readonly kind: "completed";
      readonly result: VotedResult;
      /** Absent when nothing ran: all of it was there from before a restart. */
      readonly usage?: SeatUsage;
    }
  | { readonly kind: "abstained"; readonly reason: AbstainReason; readonly detail: string };

export interface RunnerOptions {
  readonly storage: Storage;
  readonly engines: readonly Engine[];
  /** What each engine says of its version, for receipts. */
  readonly engineVersions: ReadonlyMap<Engine["name"], string>;
  /** Holds one folder per task under way; its content never outlives its task. */
  readonly workFolder: string;
  readonly slots: number;
  /** Who proofs are for; whoever holds no seat makes none. */
  readonly identity?: Omit<BindingParameters, "taskId">;
  /** For all programs that run at the same time. */
  readonly memoryBytes: number;
  /** For each task's image, input and outputs. */
  readonly diskBytes: number;
  /** What requesters are told from; absent where there are none, as with an auditor. */
  readonly logs?: RunLogs;
  /** Absent where no private tasks are run, as with an auditor. */
  readonly privacy?: PrivateWork;
  /** Signs results where an attested policy decides. */
  readonly attested?: Pick<AttestedSeats, "serves" | "prove"> | undefined;
  readonly logger: Logger;
}

/** What the runs of a seat share. */
interface PartOfSeat {
  readonly meter: UsageMeter;
  readonly checkpoints?: RunCheckpoints;
}

interface Ready {
  readonly material: TaskMaterial;
  readonly prepared: PreparedProgram;
  /** Bytes of memory that one run may take of this machine. */
  readonly memory: number;
  readonly fetchMillis: number;
  readonly prepareMillis: number;
  /** Of a private task's result; there once its input is open. */
  readonly salt?: Hex;
}

/** Fetches, prepares and runs programs, and turns what they leave into results. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #slots: Slots;
  readonly #ready = new Map<Hash, Promise<Ready>>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#slots = new Slots(options.slots, options.memoryBytes);
  }

  /** Programs that could start now, and memory that none of the running ones may use. */
  free(): { readonly slots: number; readonly memoryBytes: number } {
    return this.#slots.free;
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
      await this.#prepared(key, request, signal, judge);
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
   * Runs the task, waiting for a free slot first.
   * @param checkpoints Where runs of programs that keep some go on from; absent: each run begins anew.
   * @throws whatever keeps it from running now; the caller tries again while there is time
   */
  async run(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    checkpoints?: RunCheckpoints,
  ): Promise<RunOutcome> {
    const found = await this.#readyOr(key, request, signal);
    if ("kind" in found) return found;
    const ready = await this.#opened(key, found, signal);
    if ("kind" in ready) return ready;
    const { items } = ready.material;
    const { logs } = this.#options;
    logs?.begin(key, request.volume);
    try {
      const outcome = await this.#measured(ready, (meter) => {
        // What a private program keeps would be published in the clear, so its run begins anew.
        const resumable = ready.salt === undefined && checkpoints;
        const part = { meter, ...(resumable && { checkpoints: resumable }) };
        return items
          ? this.#runBag(key, ready, items, part, signal)
          : this.#runSingle(key, ready, part, signal);
      });
      return await this.#signed(key, request, outcome, signal);
    } finally {
      await logs?.end(key);
    }
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

  /** Runs one item of a bag, as a panel judges it: its own result document is the result. */
  async runItem(
    key: SeatKey,
    request: Request,
    index: number,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const ready = await this.#readyOr(key, request, signal);
    if ("kind" in ready) return ready;
    const { items } = ready.material;
    return await this.#measured(ready, async (meter) => {
      if (!items) return this.#runSingle(key, ready, { meter }, signal);
      const cid = digestToCid(itemDigest(items, index));
      const bytes = await this.#options.storage.getBlock(cid, { signal });
      const outcome = await this.#runOne(key, ready, { index, bytes }, { meter }, signal);
      if (outcome.kind === "abstained") return outcome;
      return { kind: "completed", result: { digest: outcome.digest } };
    });
  }

  /** Measures what is run. Whoever commits to a result must still have it after a power cut. */
  async #measured(ready: Ready, run: (meter: UsageMeter) => Promise<RunEnd>): Promise<RunEnd> {
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
  ): Promise<Ready | Extract<RunEnd, { kind: "abstained" }>> {
    try {
      return await this.#prepared(key, request, signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof TaskRefusal ? refusalReason(error.code) : engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    }
  }

  /** A private task with its input in the clear; everything else as it is. */
  async #opened(
    key: SeatKey,
    ready: Ready,
    signal: AbortSignal,
  ): Promise<Ready | Exclude<RunOutcome, { kind: "completed" }>> {
    const { privacy } = this.#options;
    const { sealed } = ready.material;
    if (!sealed || !privacy || ready.salt !== undefined) return ready;
    const folder = join(this.#folder(key), "material");
    const unsealed = await privacy.unseal(key.task, sealed, folder, signal);
    if (unsealed.kind === "key-awaited") return unsealed;
    if (unsealed.kind === "refused") {
      return { kind: "abstained", reason: "input-unavailable", detail: unsealed.detail };
    }
    const { inputFolder, salt } = unsealed;
    const material = { ...ready.material, ...(inputFolder !== undefined && { inputFolder }) };
    // What was prepared before the claim showed only that the program can be.
    await ready.prepared.close();
    try {
      const prepared = await this.#prepareIn(key, material, {}, signal);
      const opened = { ...ready, material, prepared, salt };
      this.#ready.set(key.task, Promise.resolve(opened));
      return opened;
    } catch (error) {
      this.#ready.delete(key.task);
      signal.throwIfAborted();
      const reason = engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    }
  }

  #usage({ material, fetchMillis, prepareMillis }: Ready, used: RunUsage): SeatUsage {
    const name = material.program.engine;
    const version = this.#options.engineVersions.get(name) ?? "unknown";
    return { ...used, fetchMillis, prepareMillis, engine: { name, version } };
  }

  /**
   * Ends what was prepared, so that the next run prepares it anew: its engine was away meanwhile.
   * Items that are done stay done.
   */
  async prepareAgain(key: SeatKey): Promise<void> {
    const ready = this.#ready.get(key.task);
    this.#ready.delete(key.task);
    // An engine that is away cannot tidy up; what it forgot is swept at the next start.
    await ready?.then(({ prepared }) => prepared.close()).catch(() => undefined);
  }

  /** Ends and forgets what was prepared. Idempotent. */
  async release(key: SeatKey): Promise<void> {
    const ready = this.#ready.get(key.task);
    this.#ready.delete(key.task);
    await ready?.then(
      ({ prepared }) => prepared.close(),
      () => undefined,
    );
    await rm(this.#folder(key), { recursive: true, force: true });
    await this.#options.privacy?.released(key.task);
  }

  /** Removes the input of a private task that has run, and its key: the result is all that is needed of it. */
  async shred(key: SeatKey): Promise<void> {
    if (this.#options.privacy?.isPrivate(key.task)) await this.release(key);
  }

  async close(): Promise<void> {
    for (const ready of this.#ready.values()) {
      await ready.then(
        ({ prepared }) => prepared.close(),
        () => undefined,
      );
    }
    this.#ready.clear();
  }

  #folder(key: SeatKey): string {
    return join(this.#options.workFolder, key.task);
  }

  /** The document of a task's program, which is usually here already. */
  async program(request: Request, signal: AbortSignal): Promise<ProgramDocument> {
    return await fetchProgram(this.#options.storage, request, signal);
  }

  #prepared(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    judge?: JudgeProgram,
  ): Promise<Ready> {
    let ready = this.#ready.get(key.task);
    if (!ready) {
      ready = this.#load(key, request, signal, judge);
      this.#ready.set(key.task, ready);
      ready.catch(() => this.#ready.delete(key.task));
    }
    return ready;
  }

  async #load(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    judge?: JudgeProgram,
  ): Promise<Ready> {
    const { storage, memoryBytes, diskBytes, privacy } = this.#options;
    const folder = join(this.#folder(key), "material");
    // What a crash left half done is fetched again, from this machine's own blocks.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const started = performance.now();
    const signed = this.#options.attested?.serves(request) ?? false;
    const material = await fetchTask(
      storage,
      request,
      folder,
      {
        ...{ diskBytes, signed, judge },
        admit: privacy && ((sealed) => privacy.admit(key.task, request, sealed, signal)),
      },
      signal,
    );
    const fetched = performance.now();
    const fetchMillis = Math.round(fetched - started);
    const { program } = material;
    const memory = memoryReservation(material);
    if (memory > memoryBytes) {
      throw new TaskRefusal(
        "memory-limit",
        `A run may take ${memory} bytes of memory; there are ${memoryBytes} for all.`,
      );
    }
    if (program.limits.outputBytes > diskBytes) {
      throw new TaskRefusal("disk-limit", "The program may write more than there is room for.");
    }
    const statement = program.engine === "circuit" && statementOf(request, material);
    const prepared = await this.#prepareIn(key, material, statement ? { statement } : {}, signal);
    const prepareMillis = Math.round(performance.now() - fetched);
    return { material, prepared, memory, fetchMillis, prepareMillis };
  }

  async #prepareIn(
    key: SeatKey,
    { program, artifactPath, inputFolder }: TaskMaterial,
    more: { readonly statement?: ProofStatement },
    signal: AbortSignal,
  ): Promise<PreparedProgram> {
    const engine = this.#options.engines.find(({ name }) => name === program.engine);
    if (!engine) {
      throw new TaskRefusal("engine-missing", `There is no engine for ${program.engine} here.`);
    }
    const workFolder = join(this.#folder(key), "engine");
    await rm(workFolder, { recursive: true, force: true });
    await mkdir(workFolder, { recursive: true });
    return await engine.prepare(
      {
        ...{ program, workFolder, ...more },
        ...(artifactPath !== undefined && { artifactPath }),
        ...(inputFolder !== undefined && { inputFolder }),
      },
      signal,
    );
  }

  async #runSingle(
    key: SeatKey,
    ready: Ready,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const outcome = await this.#runOne(key, ready, undefined, part, signal);
    if (outcome.kind === "abstained") return outcome;
    const { digest, proof } = outcome;
    if (ready.salt !== undefined) await this.#options.privacy?.ran(key.task, digest);
    return { kind: "completed", result: { digest, ...(proof && { proof }) } };
  }

  async #runBag(
    key: SeatKey,
    ready: Ready,
    items: Uint8Array,
    part: PartOfSeat,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { storage } = this.#options;
    const count = items.length / 32;
    const progress = await BagProgress.open(join(this.#folder(key), "results"), count);
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    let next = 0;
    let abstained: RunEnd | undefined;
    const work = async () => {
      for (let index = next++; index < count && !abstained; index = next++) {
        const known = progress.digest(index);
        if (known && (await isStored(storage, known))) {
          this.#options.logs?.itemDone(key);
          continue;
        }
        const cid = digestToCid(itemDigest(items, index));
        const bytes = await storage.getBlock(cid, { signal: until });
        const outcome = await this.#runOne(key, ready, { index, bytes }, part, until);
        if (outcome.kind === "abstained") {
          abstained ??= outcome;
          stop.abort();
          return;
        }
        await progress.put(index, outcome.digest);
      }
    };
    try {
      const workers = Array.from({ length: this.#options.slots }, work);
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

  async #runOne(
    key: SeatKey,
    { material, prepared, memory, salt }: Ready,
    item: { readonly index: number; readonly bytes: Uint8Array } | undefined,
    { meter, checkpoints }: PartOfSeat,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: "completed"; readonly digest: Hash; readonly proof?: Hex }
    | { readonly kind: "abstained"; readonly reason: AbstainReason; readonly detail: string }
  > {
    const outputFolder = join(this.#folder(key), `out-${item?.index ?? 0}`);
    const { logs } = this.#options;
    const stderr = logs && new StderrLog((bytes) => logs.write(key, bytes), item?.index);
    const runOnce = (checkpoint: CheckpointSpec | undefined) => {
      const { identity } = this.#options;
      const binding = identity && { ...identity, taskId: key.task };
      const spec: RunSpec = {
        outputFolder,
        ...(item && { item }),
        ...(material.program.engine === "circuit" && binding && { binding }),
        ...(checkpoint && { checkpoint }),
        ...(stderr && { onStderr: (bytes) => stderr.write(bytes) }),
      };
      const start = async () => {
        await rm(outputFolder, { recursive: true, force: true });
        await mkdir(outputFolder, { recursive: true });
        meter.starts();
        return await prepared.run(spec, signal);
      };
      return this.#slots.use(memory, start, signal);
    };
    const folder = join(this.#folder(key), "checkpoints", String(item?.index ?? 0));
    const resumable = checkpoints && {
      ...{ program: material.program, folder, checkpoints },
      logger: this.#options.logger.child({ task: key.task, index: item?.index }),
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
      const { storage } = this.#options;
      if (execution.proven) {
        const shown = await buildProvenResult(storage, material.input, execution.proven, signal);
        return { kind: "completed", ...shown };
      }
      const digest = await buildResult(storage, program, execution, outputFolder, signal, salt);
      if (item) await rm(folder, { recursive: true, force: true });
      return { kind: "completed", digest };
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof DecoDocumentError ? "program-invalid" : engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    } finally {
      await rm(outputFolder, { recursive: true, force: true });
    }
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

/** What a proof must show for a task. */
function statementOf({ policyData }: Request, { input }: TaskMaterial): ProofStatement {
  if (input.commitment === undefined) {
    throw new TaskRefusal("input-invalid", "A circuit's input document names a commitment.");
  }
  return { circuit: policyData, input: BigInt(input.commitment) };
}

/** Read, not only found: a power cut may have damaged it. */
async function isStored(storage: Storage, digest: Hash): Promise<boolean> {
  return await storage.getDocument(digest, { offline: true }).then(
    () => true,
    () => false,
  );
}
