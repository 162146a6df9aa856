import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { type SealedInputDocument, sealedInputSchema } from "@deco-network/sdk";
import type { Hash } from "viem";
import * as z from "zod";

import { ExecutorError } from "../errors.ts";
import { readPrivateFile, replacePrivateFile } from "../identity/private-file.ts";

/** A file of ciphertext that anybody may have. */
export interface Ciphertext {
  readonly cid: string;
  readonly bytes: number;
}

/** What is kept of one private task. */
export interface PrivateTask {
  readonly task: Hash;
  /** What is public of its input. */
  readonly sealed: SealedInputDocument;
  /** age identity that opens the input; forgotten with the plaintext. */
  readonly key?: string;
  /** Digest of the own result document. */
  readonly result?: Hash;
  /** The published result. */
  readonly ciphertext?: Ciphertext;
}

const digest = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hash);
const fileSchema = z.strictObject({
  deco: z.literal("private-task/1"),
  task: digest,
  sealed: sealedInputSchema,
  key: z.string().exactOptional(),
  result: digest.exactOptional(),
  ciphertext: z.strictObject({ cid: z.string(), bytes: z.int().min(1) }).exactOptional(),
});

/** The private tasks of this executor, one file each that only its owner can read; every change is on disk first. */
export class PrivateTasks {
  readonly #folder: string;
  readonly #tasks: Map<Hash, PrivateTask>;

  private constructor(folder: string, tasks: Map<Hash, PrivateTask>) {
    this.#folder = folder;
    this.#tasks = tasks;
  }

  /** @throws ExecutorError `key-unreadable`, `key-exposed` */
  static async open(folder: string): Promise<PrivateTasks> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const tasks = new Map<Hash, PrivateTask>();
    for (const name of await readdir(folder)) {
      if (!/^0x[0-9a-f]{64}\.json$/.test(name)) continue;
      const task = parse(join(folder, name), await readPrivateFile(join(folder, name)));
      tasks.set(task.task, task);
    }
    return new PrivateTasks(folder, tasks);
  }

  get(task: Hash): PrivateTask | undefined {
    return this.#tasks.get(task);
  }

  /** The task that gave this result, if it is a private one; digests are salted by the task. */
  ofResult(result: Hash): PrivateTask | undefined {
    return [...this.#tasks.values()].find((each) => each.result === result);
  }

  /** A task whose sealed input was verified; keeps what is known of it already. */
  async meet(task: Hash, sealed: SealedInputDocument): Promise<void> {
    if (!this.#tasks.has(task)) await this.#put({ task, sealed });
  }

  /** @throws RangeError for a task that was not met */
  async change(task: Hash, change: Partial<Omit<PrivateTask, "task">>): Promise<void> {
    const known = this.#tasks.get(task);
    if (!known) throw new RangeError(`${task} is no private task here`);
    await this.#put({ ...known, ...change });
  }

  /** The plaintext is gone: so is the key, and all of it where there is no result. Idempotent. */
  async forgetKey(task: Hash): Promise<void> {
    const known = this.#tasks.get(task);
    if (!known) return;
    if (known.result === undefined) return await this.remove(task);
    const { key, ...rest } = known;
    if (key !== undefined) await this.#put(rest);
  }

  async remove(task: Hash): Promise<void> {
    await rm(this.#pathOf(task), { force: true });
    this.#tasks.delete(task);
  }

  async #put(task: PrivateTask): Promise<void> {
    const text = JSON.stringify({ deco: "private-task/1", ...task });
    await replacePrivateFile(this.#pathOf(task.task), `${text}\n`);
    this.#tasks.set(task.task, task);
  }

  #pathOf(task: Hash): string {
    return join(this.#folder, `${task}.json`);
  }
}

function parse(path: string, text: string): PrivateTask {
  try {
    const { deco, ...task } = fileSchema.parse(JSON.parse(text));
    return task;
  } catch {
    // The cause may quote the key.
    throw new ExecutorError("key-unreadable", `${path} is no record of a private task.`, {
      remedy: "Remove it: the seat then abstains, or its result is not handed over.",
    });
  }
}
