import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { STACK_BYTES_PER_UNIT } from "../module/frame-cost.ts";
import type { CheckpointNews, WorkerReply, WorkerRequest } from "./messages.ts";

const MIB = 2 ** 20;
/** Native stack beside the charged frames: one uncharged leaf, host functions, the worker itself. */
const HOST_STACK_MIB = 8;
/** JavaScript heap of the thread; the guest's memory and files are not on it. */
const HEAP_MIB = 256;
/** `setTimeout` takes no longer delays. */
const MAX_DELAY_MILLIS = 2 ** 31 - 1;

/** How a wait for the thread ended; after all but `reply` the thread is gone. */
export type ThreadEvent =
  | { readonly kind: "reply"; readonly reply: WorkerReply }
  | { readonly kind: "timeout" }
  | { readonly kind: "crashed"; readonly detail: string };

/** Megabytes of native stack under which a guest's depth limit is met before the machine's. */
export function threadStackMib(stackUnits: number): number {
  return HOST_STACK_MIB + Math.ceil((stackUnits * STACK_BYTES_PER_UNIT) / MIB);
}

/** A thread that compiles modules and runs guests, seen from outside. It answers one request at a time. */
export class GuestThread {
  /** Megabytes of native stack. */
  readonly stackMib: number;
  readonly #worker: Worker;
  #ended: Promise<void> | undefined;
  /** Why the thread is no more, once it is. */
  #gone: string | undefined;

  /** Starts the thread; its first reply says that it takes requests. */
  constructor(stackMib: number, script = new URL("./worker.ts", import.meta.url)) {
    this.stackMib = stackMib;
    this.#worker = new Worker(script, {
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: stackMib, maxOldGenerationSizeMb: HEAP_MIB },
    });
    // Kept for the thread's whole life: an error without listener would end the daemon.
    this.#worker.on("error", (error) => {
      this.#gone ??= String(error);
    });
    this.#worker.once("exit", (code) => {
      this.#gone ??= `exit code ${code}`;
    });
  }

  /** The thread is no more, by itself or by {@link terminate}. */
  get ended(): boolean {
    return this.#gone !== undefined;
  }

  request(message: WorkerRequest): void {
    this.#worker.postMessage(message);
  }

  /** Whether it keeps the process alive: an idle one must not. */
  hold(holds: boolean): void {
    if (holds) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * Waits for the next reply; on timeout or abort the thread is ended first.
   * @param onNews Told of checkpoints meanwhile.
   * @throws the signal's reason when it aborts.
   */
  async wait(
    millis: number,
    signal: AbortSignal,
    onNews: (news: CheckpointNews) => void = () => undefined,
  ): Promise<ThreadEvent> {
    const waiting = new AbortController();
    const timer = Promise.withResolvers<ThreadEvent>();
    const timeout = setTimeout(
      () => timer.resolve({ kind: "timeout" }),
      Math.min(millis, MAX_DELAY_MILLIS),
    );
    try {
      signal.throwIfAborted();
      const event = await Promise.race([
        this.#next(waiting.signal, onNews),
        timer.promise,
        once(signal, "abort", { signal: waiting.signal }).then((): ThreadEvent => {
          throw signal.reason;
        }),
      ]);
      if (event.kind !== "reply") await this.terminate();
      return event;
    } catch (error) {
      await this.terminate();
      throw error;
    } finally {
      clearTimeout(timeout);
      waiting.abort();
    }
  }

  async terminate(): Promise<void> {
    this.#ended ??= this.#worker.terminate().then(() => {});
    await this.#ended;
  }

  #next(signal: AbortSignal, onNews: (news: CheckpointNews) => void): Promise<ThreadEvent> {
    const { promise, resolve } = Promise.withResolvers<ThreadEvent>();
    const worker = this.#worker;
    const onMessage = (message: WorkerReply | CheckpointNews) => {
      if (message.kind === "checkpoint" || message.kind === "checkpoint-unkept") onNews(message);
      else resolve({ kind: "reply", reply: message });
    };
    const onExit = () => resolve({ kind: "crashed", detail: this.#gone ?? "ended" });
    worker.on("message", onMessage).once("exit", onExit);
    signal.addEventListener("abort", () => worker.off("message", onMessage).off("exit", onExit));
    if (this.#gone !== undefined) onExit();
    return promise;
  }
}
