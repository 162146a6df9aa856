import {
  checkpointSchema,
  decodeDocument,
  digestToCid,
  programSchema,
  type Request,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hex } from "viem";

/** Folders and lists of blocks beside the content. */
const OVERHEAD_BYTES = 2 ** 20;
/** The newest may be on a branch of the chain that is left. */
const HELD = 2;

/**
 * Keeps what a task's providers log to go on from, as long as the task is followed: a provider that is gone cannot
 * serve it, and its successor needs it. Nothing of it is believed; it is bounded by what the program may keep.
 */
export class CheckpointHolder {
  readonly #storage: Storage;
  readonly #taskId: Hex;
  readonly #request: Pick<Request, "program">;
  readonly #over = new AbortController();
  /** Names of holders in the storage. */
  readonly #held: string[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(storage: Storage, taskId: Hex, request: Pick<Request, "program">) {
    this.#storage = storage;
    this.#taskId = taskId;
    this.#request = request;
  }

  /**
   * Fetches and keeps a checkpoint, after those before it.
   * @returns whether it is held: not when it is gone, malformed, another task's, or too large
   */
  async hold(digest: Hex): Promise<boolean> {
    const held = this.#last.then(() => this.#hold(digest));
    this.#last = held.catch(() => undefined);
    return await held.then(
      () => true,
      () => false,
    );
  }

  /** Lets go of all. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#last;
    await this.#storage.releaseHolds(`checkpoint/${this.#taskId}/`);
  }

  async #hold(digest: Hex): Promise<void> {
    const { signal } = this.#over;
    signal.throwIfAborted();
    const storage = this.#storage;
    const bytes = await storage.getDocument(digest, { signal });
    const { task, state } = decodeDocument(checkpointSchema, bytes);
    const most = await this.#mostBytes(signal);
    if (task !== this.#taskId || state.bytes > most) {
      throw new RangeError("a checkpoint that this task cannot have");
    }
    const cids = [state.cid, digestToCid(digest)];
    const holder = `checkpoint/${this.#taskId}/${digest}`;
    this.#held.push(holder);
    const maxBytes = 2 * state.bytes + OVERHEAD_BYTES;
    for (const cid of cids) await storage.pin(cid, { holder, maxBytes, signal });
    for (const older of this.#held.splice(0, Math.max(0, this.#held.length - HELD))) {
      await storage.releaseHolds(older);
    }
  }

  async #mostBytes(signal: AbortSignal): Promise<number> {
    const bytes = await this.#storage.getDocument(this.#request.program, { signal });
    const program = decodeDocument(programSchema, bytes);
    return ("checkpoint" in program && program.checkpoint?.bytes) || 0;
  }
}
