import { GuestThread } from "./guest-thread.ts";

/** Starting a thread takes some 30 ms; this allows for a busy machine. */
const START_MILLIS = 60_000;
/** Idle threads that are kept: as many as usually run at once. */
const MAX_IDLE = 4;
/** An idle thread holds some 10 MB, for which a daemon without work has no use. */
const IDLE_MILLIS = 10_000;

/**
 * Threads for guests. Loading a thread's code costs more than a small program, so that one which has answered is
 * used again, for whatever module comes next; it keeps nothing between requests. One that was ended, or failed, is not.
 */
export class ThreadPool {
  readonly #idle = new Map<GuestThread, NodeJS.Timeout>();

  /**
   * A thread that takes requests.
   * @returns undefined when none could be started
   * @throws the signal's reason when it aborts
   */
  async take(stackMib: number, signal: AbortSignal): Promise<GuestThread | undefined> {
    signal.throwIfAborted();
    for (const [thread, timer] of this.#idle) {
      if (thread.stackMib !== stackMib && !thread.ended) continue;
      clearTimeout(timer);
      this.#idle.delete(thread);
      if (thread.ended) continue;
      thread.hold(true);
      return thread;
    }
    const thread = new GuestThread(stackMib);
    const event = await thread.wait(START_MILLIS, signal);
    if (event.kind === "reply" && event.reply.kind === "started") return thread;
    await thread.terminate();
    return undefined;
  }

  /** Takes back a thread that has answered its last request. */
  give(thread: GuestThread): void {
    if (thread.ended) return;
    if (this.#idle.size >= MAX_IDLE) {
      void thread.terminate();
      return;
    }
    thread.hold(false);
    const timer = setTimeout(() => {
      this.#idle.delete(thread);
      void thread.terminate();
    }, IDLE_MILLIS);
    timer.unref();
    this.#idle.set(thread, timer);
  }
}
