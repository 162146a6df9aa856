import { keepBytes } from "../../kept-checkpoints.ts";
import type { CheckpointNews, RunRequest } from "./messages.ts";

/**
 * Keeps what a guest finishes, not more often than wanted. The guest waits meanwhile and cannot tell: its clock is made
 * of fuel, and finishing costs the same whether anybody keeps it.
 */
export class CheckpointKeeper {
  readonly #spec: NonNullable<RunRequest["checkpoint"]>;
  readonly #tell: (news: CheckpointNews) => void;
  #sequence: number;
  #keptAt = performance.now();

  constructor(spec: NonNullable<RunRequest["checkpoint"]>, tell: (news: CheckpointNews) => void) {
    this.#spec = spec;
    this.#tell = tell;
    this.#sequence = spec.resume?.sequence ?? 0;
  }

  /** @param fuelUsed since the beginning of the run. */
  finished(content: Uint8Array, fuelUsed: bigint): void {
    this.#sequence += 1;
    const { folder, everyMillis } = this.#spec;
    if (performance.now() - this.#keptAt < everyMillis) return;
    this.#keptAt = performance.now();
    try {
      const kept = keepBytes(folder, content, { sequence: this.#sequence, fuelUsed });
      this.#tell({ kind: "checkpoint", kept });
    } catch (error) {
      // A full disk, say: the run itself needs none of it.
      this.#tell({ kind: "checkpoint-unkept", detail: String(error) });
    }
  }
}
