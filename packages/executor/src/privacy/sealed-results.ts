import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { sealResult } from "@deco-network/privacy";
import { decodeDocument, resultSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash } from "viem";

import type { PrivateTask, PrivateTasks } from "./private-tasks.ts";

/** Encrypts results of private tasks to their requesters, and publishes nothing but that. */
export class SealedResults {
  readonly #tasks: PrivateTasks;
  readonly #storage: Storage;
  readonly #workFolder: string;

  /** @param workFolder For plaintext on its way; removed each time. */
  constructor(tasks: PrivateTasks, storage: Storage, workFolder: string) {
    this.#tasks = tasks;
    this.#storage = storage;
    this.#workFolder = workFolder;
  }

  /** Whether this is the result of a private task, which nobody may see in the clear. */
  has(result: Hash): boolean {
    return this.#tasks.ofResult(result) !== undefined;
  }

  /**
   * Publishes and pins the ciphertext; repeating it does nothing. The plaintext is the caller's to discard afterwards.
   * @throws StorageError
   */
  async publish(result: Hash, signal: AbortSignal): Promise<void> {
    const task = this.#tasks.ofResult(result);
    if (!task || task.ciphertext) return;
    const folder = join(this.#workFolder, `${task.task}-result`);
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const ciphertext = await this.#seal(task, result, folder, signal);
      await this.#tasks.change(task.task, { ciphertext });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The result lost, or its retention is over: nothing is kept of the task. */
  async forget(result: Hash): Promise<void> {
    const task = this.#tasks.ofResult(result);
    if (!task) return;
    if (task.ciphertext) await this.#storage.unpin(task.ciphertext.cid);
    await this.#tasks.remove(task.task);
  }

  async #seal({ sealed }: PrivateTask, result: Hash, folder: string, signal: AbortSignal) {
    const storage = this.#storage;
    const here = { offline: true, signal };
    const bytes = await storage.getDocument(result, here);
    const { outputs, stdout } = decodeDocument(resultSchema, bytes);
    const outputsFolder = outputs && "cid" in outputs ? join(folder, "out") : undefined;
    const stdoutFile = stdout && "cid" in stdout ? join(folder, "stdout") : undefined;
    if (outputs && "cid" in outputs && outputsFolder !== undefined) {
      await storage.downloadFolder(outputs.cid, outputsFolder, {
        ...here,
        maxBytes: outputs.bytes,
      });
    }
    if (stdout && "cid" in stdout && stdoutFile !== undefined) {
      await storage.downloadFile(stdout.cid, stdoutFile, { ...here, maxBytes: stdout.bytes });
    }
    const plain = {
      bytes,
      ...(outputsFolder !== undefined && { outputs: outputsFolder }),
      ...(stdoutFile !== undefined && { stdout: stdoutFile }),
    };
    const added = await storage.addFile(sealResult(sealed.results, plain), {
      visibility: "public",
      signal,
    });
    await storage.flush();
    return added;
  }
}

/** Whether the bytes are a private task's result document: those alone are salted. */
export function isSalted(bytes: Uint8Array): boolean {
  const document = resultSchema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  return document.success && document.data.salt !== undefined;
}
