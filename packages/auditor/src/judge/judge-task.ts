import type { Runner } from "@deco-network/executor";
import { isRequesterError, itemDigestOf, readBag } from "@deco-network/requester";
import { bagTree, type Request } from "@deco-network/sdk";
import { type Storage, StorageError } from "@deco-network/storage";
import type { Hex } from "viem";

import type { InconclusiveReason } from "../events.ts";
import type { ChosenTask, WrongItem } from "../journal/rows.ts";
import { pause } from "../runtime/pause.ts";

export interface JudgeParts {
  readonly runner: Pick<Runner, "runItem" | "release">;
  /** Nothing else stages content in it: what runs leave is thrown away. */
  readonly storage: Storage;
  /** Between two attempts to have content. */
  readonly retryMillis: number;
}

/** What running some items of an accepted task again has shown. */
export type Finding =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly wrong: WrongItem }
  | {
      readonly kind: "inconclusive";
      readonly reason: InconclusiveReason;
      readonly detail: string;
    };

type Inconclusive = Extract<Finding, { kind: "inconclusive" }>;
type Ran = { readonly kind: "ran"; readonly digest: Hex };

/**
 * Runs the chosen items again and compares. A difference counts only when a second run here has the
 * first one's result: an appeal over a program that never gives the same twice would lose its bond.
 * @param late ends the work when the window for appeals is nearly over
 * @throws whatever `signal` was aborted with
 */
export async function judgeTask(
  parts: JudgeParts,
  task: ChosenTask,
  request: Request,
  late: AbortSignal,
  signal: AbortSignal,
): Promise<Finding> {
  const judge = new Judge(parts, task, request, AbortSignal.any([late, signal]));
  try {
    return await judge.compare();
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    return judge.missing === undefined
      ? inconclusive("window-over", "It could not be run in time.")
      : inconclusive("content-unavailable", judge.missing);
  } finally {
    await judge.cleanUp();
  }
}

class Judge {
  readonly #parts: JudgeParts;
  readonly #task: ChosenTask;
  readonly #request: Request;
  readonly #until: AbortSignal;
  /** Content that is being waited for. */
  missing: string | undefined;

  constructor(parts: JudgeParts, task: ChosenTask, request: Request, until: AbortSignal) {
    this.#parts = parts;
    this.#task = task;
    this.#request = request;
    this.#until = until;
  }

  get #key() {
    return { task: this.#task.accepted.taskId, round: 0 };
  }

  async compare(): Promise<Finding> {
    const list = await this.#acceptedItems();
    if (list !== undefined && "kind" in list) return list;
    for (const index of this.#task.items) {
      const accepted = list === undefined ? this.#task.accepted.result : itemDigestOf(list, index);
      const first = await this.#run(index);
      if (first.kind !== "ran") return first;
      if (first.digest === accepted) continue;
      const second = await this.#run(index);
      if (second.kind !== "ran") return second;
      if (second.digest !== first.digest) {
        return inconclusive("unstable", `Item ${index} gave ${first.digest}, then another.`);
      }
      const proof =
        list === undefined ? [] : [...bagTree(list).proof(index), this.#task.accepted.digest];
      return { kind: "wrong", wrong: { index, accepted, computed: first.digest, proof } };
    }
    return { kind: "right" };
  }

  /** Digests of a bag's accepted item results; undefined for a single run, which names its own. */
  async #acceptedItems(): Promise<Uint8Array | Inconclusive | undefined> {
    const { accepted } = this.#task;
    const { volume } = this.#request;
    if (volume === 1) return undefined;
    this.missing = "Nobody serves the list of accepted item results.";
    const patience = { signal: this.#until, until: Number.POSITIVE_INFINITY };
    try {
      const { items } = await readBag(this.#parts.storage, accepted, volume, patience);
      this.missing = undefined;
      return items;
    } catch (error) {
      this.#until.throwIfAborted();
      if (!isRequesterError(error, "result-invalid")) throw error;
      return inconclusive("content-invalid", error.message);
    }
  }

  /** Content may be slow to come: it is asked for until the window is nearly over. */
  async #run(index: number): Promise<Ran | Inconclusive> {
    const { runner, retryMillis } = this.#parts;
    for (;;) {
      try {
        const outcome = await runner.runItem(this.#key, this.#request, index, this.#until);
        this.missing = undefined;
        if (outcome.kind === "completed") return { kind: "ran", digest: outcome.result.digest };
        return inconclusive(reasonOf(outcome.reason), `${outcome.reason}: ${outcome.detail}`);
      } catch (error) {
        const code = error instanceof StorageError ? error.code : undefined;
        if (error instanceof StorageError && code !== "aborted") this.missing = error.message;
        this.#until.throwIfAborted();
        if (code === undefined || code === "disk-full") throw error;
        await pause(retryMillis, this.#until);
      }
    }
  }

  async cleanUp(): Promise<void> {
    const { runner, storage } = this.#parts;
    await runner.release(this.#key);
    await storage.discard(await storage.staged());
  }
}

function reasonOf(abstained: string): InconclusiveReason {
  const content = ["input-unavailable", "image-invalid", "program-invalid"];
  return content.includes(abstained) ? "content-invalid" : "cannot-run";
}

function inconclusive(reason: InconclusiveReason, detail: string): Inconclusive {
  return { kind: "inconclusive", reason, detail };
}
