import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Request } from "@deco-network/sdk";
import type { Need, Scarce } from "@deco-network/sdk/capacity";
import { needOf } from "@deco-network/sdk/capacity";
import type { Storage } from "@deco-network/storage";
import type { Hash, Hex } from "viem";
import type { AttestedSeats } from "../../attested/attested-seats.ts";
import type { MaterialCache } from "../../cache/material-cache.ts";
import type { RunQueue } from "../../capacity/run-queue.ts";
import type {
  AbstainReason,
  Engine,
  PreparedProgram,
  ProofStatement,
} from "../../engines/engine.ts";
import type { SeatKey } from "../../journal/transition.ts";
import type { PrivateWork } from "../../privacy/private-work.ts";
import { engineReason } from "../abstain-reasons.ts";
import {
  type FetchRefusal,
  fetchTask,
  type JudgeProgram,
  type TaskMaterial,
  TaskRefusal,
} from "../fetch-task.ts";

export interface PreparedTasksOptions {
  readonly storage: Storage;
  readonly engines: readonly Engine[];
  /** Holds one folder per task under way; its content never outlives its task. Outputs and private inputs are only there. */
  readonly workFolder: string;
  /** For each task's image, input and outputs. */
  readonly diskBytes: number;
  /** Absent where no private tasks are run, as with an auditor. */
  readonly privacy?: PrivateWork | undefined;
  /** Keeps programs and inputs between tasks; absent: each task fetches its own. */
  readonly cache?: MaterialCache | undefined;
  /** Signs results where an attested policy decides. */
  readonly attested?: Pick<AttestedSeats, "serves"> | undefined;
  readonly queue: RunQueue;
}

/** A task that could run now. */
export interface ReadyTask {
  readonly material: TaskMaterial;
  readonly prepared: PreparedProgram;
  /** What one run takes of this machine. */
  readonly need: Need;
  readonly fetchMillis: number;
  readonly prepareMillis: number;
  /** Of a private task's result; there once its input is open. */
  readonly salt?: Hex;
  /** Gives the disk back that program and input take. */
  readonly freeDisk: () => void;
}

/** Opening a private task's input did not work. */
export type NotOpened =
  | { readonly kind: "key-awaited" }
  | { readonly kind: "abstained"; readonly reason: AbstainReason; readonly detail: string };

/** Fetches tasks' programs and inputs, has engines prepare them, and removes them again. */
export class PreparedTasks {
  readonly #options: PreparedTasksOptions;
  readonly #ready = new Map<Hash, Promise<ReadyTask>>();

  constructor(options: PreparedTasksOptions) {
    this.#options = options;
  }

  /** The folder of what a task is worked on with. */
  folder({ task }: SeatKey): string {
    return join(this.#options.workFolder, task);
  }

  /**
   * The task, fetched and prepared once.
   * @param judge asked before anything large is fetched
   * @throws TaskRefusal, an engine's error: it can never be run here; StorageError: not now
   */
  get(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    judge?: JudgeProgram,
  ): Promise<ReadyTask> {
    let ready = this.#ready.get(key.task);
    if (!ready) {
      ready = this.#load(key, request, signal, judge);
      this.#ready.set(key.task, ready);
      ready.catch(() => this.#ready.delete(key.task));
    }
    return ready;
  }

  /** A private task with its input in the clear; everything else as it is. */
  async open(key: SeatKey, ready: ReadyTask, signal: AbortSignal): Promise<ReadyTask | NotOpened> {
    const { privacy } = this.#options;
    const { sealed } = ready.material;
    if (!sealed || !privacy || ready.salt !== undefined) return ready;
    const folder = join(this.folder(key), "material");
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
      ready.freeDisk();
      signal.throwIfAborted();
      const reason = engineReason(error);
      if (!reason) throw error;
      return { kind: "abstained", reason, detail: String(error) };
    }
  }

  /** Ends what was prepared; program and input stay held until `release`. */
  async forget({ task }: SeatKey): Promise<void> {
    const ready = this.#ready.get(task);
    this.#ready.delete(task);
    await ready?.then(closeOne, () => undefined);
  }

  /** Ends everything of a task, removes its folder and lets go of what is kept for it. Idempotent. */
  async release(key: SeatKey): Promise<void> {
    await this.forget(key);
    await rm(this.folder(key), { recursive: true, force: true });
    await this.#options.cache?.release(key.task);
    await this.#options.privacy?.released(key.task);
  }

  async close(): Promise<void> {
    for (const ready of this.#ready.values()) await ready.then(closeOne, () => undefined);
    this.#ready.clear();
  }

  async #load(
    key: SeatKey,
    request: Request,
    signal: AbortSignal,
    judge?: JudgeProgram,
  ): Promise<ReadyTask> {
    const { storage, cache, diskBytes, privacy, queue } = this.#options;
    const folder = join(this.folder(key), "material");
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
        ...{ diskBytes, signed },
        keep: cache && ((wanted, download) => cache.hold(key.task, wanted, download)),
        judge: (program) => {
          judge?.(program);
          this.#expectRoom(needOf({ program }, queue.whole));
        },
        admit: privacy && ((sealed) => privacy.admit(key.task, request, sealed, signal)),
      },
      signal,
    );
    const fetched = performance.now();
    const fetchMillis = Math.round(fetched - started);
    const { program } = material;
    const need = needOf(material, queue.whole);
    this.#expectRoom({ ...need, diskBytes: need.diskBytes + material.diskBytes });
    if (program.limits.outputBytes > diskBytes) {
      throw new TaskRefusal("disk-limit", "The program may write more than there is room for.");
    }
    const statement = program.engine === "circuit" && statementOf(request, material);
    const prepared = await this.#prepareIn(key, material, statement ? { statement } : {}, signal);
    const prepareMillis = Math.round(performance.now() - fetched);
    const freeDisk = queue.hold(material.diskBytes);
    return { material, prepared, need, fetchMillis, prepareMillis, freeDisk };
  }

  /** @throws TaskRefusal when one run would not fit if nothing else ran */
  #expectRoom(need: Need): void {
    const placement = this.#options.queue.onIdleMachine(need);
    if (placement.kind === "short") throw new TaskRefusal(TOO_MUCH[placement.of], placement.detail);
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
    const workFolder = join(this.folder(key), "engine");
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
}

/** What a run would take more of than the whole machine has. */
const TOO_MUCH: Readonly<Record<Scarce, FetchRefusal>> = {
  slots: "cpu-limit",
  cpu: "cpu-limit",
  memory: "memory-limit",
  disk: "disk-limit",
  accelerator: "accelerator-missing",
};

async function closeOne({ prepared, freeDisk }: ReadyTask): Promise<void> {
  freeDisk();
  await prepared.close();
}

/** What a proof must show for a task. */
function statementOf({ policyData }: Request, { input }: TaskMaterial): ProofStatement {
  if (input.commitment === undefined) {
    throw new TaskRefusal("input-invalid", "A circuit's input document names a commitment.");
  }
  return { circuit: policyData, input: BigInt(input.commitment) };
}
