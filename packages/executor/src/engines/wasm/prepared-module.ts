import type { AbstainReason, Execution, PreparedProgram, RunSpec } from "../engine.ts";
import { WasmError } from "./errors.ts";
import { GuestThread, type ThreadEvent } from "./run/guest-thread.ts";
import type { WorkerTask } from "./run/messages.ts";

/** What {@link PreparedModule} takes over. */
export interface PreparedParts {
  readonly task: WorkerTask;
  readonly module: WebAssembly.Module;
  /** The thread that compiled the module, ready for a run. */
  readonly thread: GuestThread;
  readonly stackMib: number;
  readonly wallMillis: number;
}

/** Starting a thread with a compiled module takes some 30 ms. */
const START_MILLIS = 60_000;

/**
 * A compiled module and its threads. Runs may overlap: each takes an idle thread or starts one,
 * and gives it back; a thread that was ended is not used again.
 */
export class PreparedModule implements PreparedProgram {
  readonly #parts: PreparedParts;
  readonly #idle: GuestThread[];
  readonly #all: Set<GuestThread>;
  #closed = false;

  constructor(parts: PreparedParts) {
    this.#parts = parts;
    this.#idle = [parts.thread];
    this.#all = new Set(this.#idle);
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
    const thread = this.#takeIdle() ?? (await this.#start(signal));
    const began = performance.now();
    try {
      if (thread === undefined) {
        return this.#abstained("engine-unavailable", "cannot start a thread", began);
      }
      thread.request(spec);
      const event = await thread.wait(this.#parts.wallMillis, signal);
      return this.#execution(event, thread, began);
    } catch (error) {
      if (thread) this.#all.delete(thread);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
    this.#all.clear();
  }

  /** An idle thread that did not end meanwhile. */
  #takeIdle(): GuestThread | undefined {
    for (;;) {
      const thread = this.#idle.pop();
      if (thread === undefined || !thread.ended) return thread;
      this.#all.delete(thread);
    }
  }

  async #start(signal: AbortSignal): Promise<GuestThread | undefined> {
    const { task, module, stackMib } = this.#parts;
    const thread = new GuestThread({ task, module: { kind: "compiled", module } }, stackMib);
    this.#all.add(thread);
    let ready = false;
    try {
      const event = await thread.wait(START_MILLIS, signal);
      ready = event.kind === "reply" && event.reply.kind === "ready";
    } finally {
      if (!ready) {
        this.#all.delete(thread);
        await thread.terminate();
      }
    }
    return ready ? thread : undefined;
  }

  #execution(event: ThreadEvent, thread: GuestThread, began: number): Execution {
    if (event.kind !== "reply") {
      this.#all.delete(thread);
      if (event.kind === "crashed") return this.#abstained("killed", event.detail, began);
      const seconds = this.#parts.wallMillis / 1_000;
      return this.#abstained("limit-exceeded", `ran longer than ${seconds} seconds`, began);
    }
    this.#idle.push(thread);
    const { reply } = event;
    if (reply.kind !== "finished") {
      const detail = reply.kind === "host-failed" ? reply.detail : `unexpected ${reply.kind}`;
      return this.#abstained("engine-unavailable", detail, began);
    }
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
