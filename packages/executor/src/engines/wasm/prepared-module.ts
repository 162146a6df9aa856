import type { AbstainReason, Execution, PreparedProgram, RunSpec } from "../engine.ts";
import type { CheckpointSpec } from "../kept-checkpoints.ts";
import { WasmError } from "./errors.ts";
import type { GuestThread, ThreadEvent } from "./run/guest-thread.ts";
import type { CheckpointNews, RunRequest, WorkerTask } from "./run/messages.ts";
import type { ThreadPool } from "./run/thread-pool.ts";

export interface PreparedParts {
  readonly task: WorkerTask;
  readonly module: WebAssembly.Module;
  readonly threads: ThreadPool;
  readonly stackMib: number;
  readonly wallMillis: number;
}

/** Memory of a guest up to this size may wait in its idle thread for the collector. */
const SMALL_GUEST_BYTES = 64 * 2 ** 20;

/** A compiled module. Runs may overlap: each has a thread of its own meanwhile. */
export class PreparedModule implements PreparedProgram {
  readonly #parts: PreparedParts;
  readonly #running = new Set<GuestThread>();
  #closed = false;

  constructor(parts: PreparedParts) {
    this.#parts = parts;
  }

  /** @throws the signal's reason on abort; WasmError `closed` after `close`. */
  async run(spec: RunSpec, signal: AbortSignal): Promise<Execution> {
    if (this.#closed) {
      throw new WasmError("closed", "the prepared program was closed", {
        reason: "other",
        remedy: "Prepare the program again.",
      });
    }
    signal.throwIfAborted();
    const { task, module, threads, stackMib, wallMillis } = this.#parts;
    const thread = await threads.take(stackMib, signal);
    const began = performance.now();
    if (thread === undefined) {
      return this.#abstained("engine-unavailable", "cannot start a thread", began);
    }
    this.#running.add(thread);
    try {
      if (this.#closed) await thread.terminate();
      const { item, outputFolder, checkpoint } = spec;
      const kept = checkpoint && { checkpoint: requested(checkpoint) };
      const run = { ...(item && { item }), outputFolder, ...kept };
      thread.request({ kind: "run", task, module, run });
      const event = await thread.wait(wallMillis, signal, (news) => tell(checkpoint, news));
      return await this.#execution(event, thread, began);
    } finally {
      this.#running.delete(thread);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((thread) => thread.terminate()));
  }

  async #execution(event: ThreadEvent, thread: GuestThread, began: number): Promise<Execution> {
    if (event.kind !== "reply") {
      if (event.kind === "crashed") return this.#abstained("killed", event.detail, began);
      const seconds = this.#parts.wallMillis / 1_000;
      return this.#abstained("limit-exceeded", `ran longer than ${seconds} seconds`, began);
    }
    const { reply } = event;
    if (reply.kind !== "finished") {
      await thread.terminate();
      const detail = reply.kind === "host-failed" ? reply.detail : `unexpected ${reply.kind}`;
      return this.#abstained("engine-unavailable", detail, began);
    }
    if (reply.outcome.peakMemoryBytes > SMALL_GUEST_BYTES) await thread.terminate();
    else this.#parts.threads.give(thread);
    const { cpuMillis, peakMemoryBytes, fuelUsed, ...outcome } = reply.outcome;
    const wallMillis = Math.round(performance.now() - began);
    return {
      kind: "completed",
      ...outcome,
      measurements: { wallMillis, cpuMillis, peakMemoryBytes, fuelUsed },
    };
  }

  /**
   * What an ended thread used is unknown: a guest never waits, so that its processor time is
   * close to the time that passed, and its memory is at most the limit.
   */
  #abstained(reason: AbstainReason, detail: string, began: number): Execution {
    const wallMillis = Math.round(performance.now() - began);
    const peakMemoryBytes = this.#parts.task.limits.memoryBytes;
    return {
      kind: "abstained",
      reason,
      detail,
      measurements: { wallMillis, cpuMillis: wallMillis, peakMemoryBytes },
    };
  }
}

/** Without its functions, which a thread cannot be given. */
function requested({
  folder,
  everyMillis,
  resume,
}: CheckpointSpec): NonNullable<RunRequest["checkpoint"]> {
  return { folder, everyMillis, ...(resume && { resume }) };
}

function tell(spec: CheckpointSpec | undefined, news: CheckpointNews): void {
  if (news.kind === "checkpoint") spec?.onKept?.(news.kept);
  else spec?.onUnkept?.(news.detail);
}
