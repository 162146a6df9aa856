import type { Readable } from "node:stream";
import { checkpointVolumeBytes, outputVolumeBytes } from "@deco-network/sdk/capacity";
import { type Daemon, untilAborted } from "../daemon.ts";
import { type Holder, type HolderSpec, startHolder } from "./holder.ts";

/** The `/out` of one run. */
export interface OutputFolder {
  readonly volume: string;
  readonly holder: Pick<Holder, "pid" | "containerId">;
  /** Whether it holds nothing; undefined where only its archive tells. */
  isEmpty(): Promise<boolean | undefined>;
  /** Its content as a tar stream. */
  archive(signal: AbortSignal): Promise<Readable>;
  /** The `/checkpoint` of the same run; undefined where the program keeps none. */
  readonly checkpointVolume: string | undefined;
  /** What the program has there as its current one, as a tar stream. */
  checkpoint(signal: AbortSignal): Promise<Readable>;
  /** To be called once, when the content was read or is not wanted; its removal goes on beside. */
  release(): void;
}

interface Batch {
  readonly holder: Holder;
  /** Volumes that no run has had. */
  readonly free: string[];
  /** Volumes that a run has now. */
  taken: number;
}

/** A bag's items share holders; what their `/out` may take in all while one is held. */
const BATCH_BYTES = 128 * 1024 * 1024;
const LARGEST_BATCH = 8;

/**
 * Hands out an `/out` to each run of one program. Starting and ending a holder costs as much as
 * the program's own container, so runs that come in numbers share one: it is made with several
 * folders, each is used once, and it goes when all have been.
 */
export class OutputFolders {
  readonly #daemon: Daemon;
  readonly #spec: HolderSpec;
  readonly #onLeftover: (error: unknown) => void;
  #current: Promise<Batch> | undefined;
  readonly #removing = new Set<Promise<void>>();

  constructor(daemon: Daemon, spec: HolderSpec, onLeftover: (error: unknown) => void) {
    this.#daemon = daemon;
    this.#spec = spec;
    this.#onLeftover = onLeftover;
  }

  /** Makes the first folder ahead of its run: programs are prepared while others still take seats. */
  begin(): void {
    this.#current ??= this.#startBatch(false);
  }

  /** @param oneOfMany whether further runs are to be expected. */
  async take(oneOfMany: boolean, signal: AbortSignal): Promise<OutputFolder> {
    for (;;) {
      signal.throwIfAborted();
      this.#current ??= this.#startBatch(oneOfMany);
      const current = this.#current;
      const batch = await untilAborted(current, signal);
      const volume = batch.free.pop();
      // Others may have waited for the same batch, and one of them have begun the next.
      if (batch.free.length === 0 && this.#current === current) {
        this.#current = oneOfMany ? this.#startBatch(true) : undefined;
      }
      if (volume === undefined) continue;
      batch.taken += 1;
      return this.#folder(batch, volume);
    }
  }

  /** Removes what no run has had; to be called when no run is left. */
  async close(): Promise<void> {
    const batch = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    if (batch !== undefined) {
      batch.free.length = 0;
      this.#removeSpent(batch);
    }
    await Promise.all(this.#removing);
  }

  #startBatch(oneOfMany: boolean): Promise<Batch> {
    const { limits } = this.#spec;
    const each = outputVolumeBytes(limits) + checkpointVolumeBytes(limits);
    const fitting = Math.floor(BATCH_BYTES / each);
    const count = oneOfMany ? Math.max(1, Math.min(LARGEST_BATCH, fitting)) : 1;
    const start = startHolder(this.#daemon, this.#spec, count);
    const batch = start.then((holder) => ({ holder, free: [...holder.volumes], taken: 0 }));
    batch.catch(() => {
      if (this.#current === batch) this.#current = undefined; // The next run tries again.
    });
    return batch;
  }

  #folder(batch: Batch, volume: string): OutputFolder {
    return {
      volume,
      holder: batch.holder,
      isEmpty: () => batch.holder.isEmpty(volume),
      archive: (signal) => batch.holder.archive(volume, signal),
      checkpointVolume: batch.holder.checkpointVolume(volume),
      checkpoint: (signal) => batch.holder.checkpoint(volume, signal),
      release: () => {
        batch.taken -= 1;
        this.#removeSpent(batch);
      },
    };
  }

  #removeSpent(batch: Batch): void {
    if (batch.taken > 0 || batch.free.length > 0) return;
    const removing = batch.holder
      .remove()
      .catch(this.#onLeftover)
      .finally(() => this.#removing.delete(removing));
    this.#removing.add(removing);
  }
}
