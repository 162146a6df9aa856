import type { Execution } from "../engines/engine.ts";
import { KEPT_BYTES } from "./run-logs.ts";

/**
 * Brings one run's standard error into its seat's log: as it comes for a task of one run; for an
 * item of a bag in one piece when its run ends, since items run side by side.
 */
export class StderrLog {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #item: number | undefined;
  #heard = false;
  #held: Buffer = Buffer.alloc(0);

  constructor(write: (bytes: Uint8Array) => void, item: number | undefined) {
    this.#write = write;
    this.#item = item;
  }

  /** For the engine to call. */
  write(bytes: Uint8Array): void {
    this.#heard = true;
    if (this.#item === undefined) {
      this.#write(bytes);
      return;
    }
    const held = Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.from(held.subarray(Math.max(0, held.length - KEPT_BYTES)));
  }

  /** Adds what the engine kept for the end, and how the run ended. The detail is the operator's. */
  end(execution: Execution): void {
    const stderr = execution.kind === "completed" ? execution.stderr : this.#held;
    const ending =
      execution.kind === "abstained"
        ? `abstained: ${execution.reason}`
        : `exit code ${execution.exitCode}${execution.fault ? ` (${execution.fault})` : ""}`;
    if (this.#item === undefined) {
      if (!this.#heard) this.#write(stderr);
      this.#write(Buffer.from(`[deco] ${ending}\n`));
      return;
    }
    // Of a million items that were fine there is nothing to tell.
    if (ending === "exit code 0" && stderr.length === 0) return;
    const heading = Buffer.from(`[deco] item ${this.#item}: ${ending}\n`);
    const gap = stderr.at(-1) === 10 || stderr.length === 0 ? "" : "\n";
    this.#write(Buffer.concat([heading, stderr, Buffer.from(gap)]));
  }
}
