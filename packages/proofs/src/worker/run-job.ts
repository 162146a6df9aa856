import { Worker } from "node:worker_threads";

import { ProofsError } from "../errors.ts";
import type { Answer, Job } from "./messages.ts";

/** What one proof may take. */
export interface ProofLimits {
  readonly wallMillis: number;
  /** Of the worker's heap; WebAssembly memory is bounded by the circuit's own module. */
  readonly memoryBytes: number;
}

/**
 * Runs one job in a worker of its own, which ends with it.
 * @throws ProofsError `limit-exceeded`, `proving-failed`; the signal's reason when aborted
 */
export async function runJob(job: Job, limits: ProofLimits, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(limits.memoryBytes / 2 ** 20) },
    // Circuits print what they refuse.
    ...{ stdout: true, stderr: true },
  });
  const timeout = AbortSignal.timeout(limits.wallMillis);
  const ended = AbortSignal.any([signal, timeout]);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (error) => reject(failure(error)));
      worker.once("exit", () => reject(failure(new Error("the worker ended"))));
      ended.addEventListener("abort", () => reject(ended.reason), { once: true });
    });
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      throw exceeded(`It took longer than ${limits.wallMillis} ms.`, error);
    }
    throw error;
  } finally {
    await worker.terminate();
  }
}

function failure(error: Error): ProofsError {
  if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return exceeded("It took more memory than it may.", error);
  }
  return new ProofsError("proving-failed", error.message, "Look at the cause.", error);
}

function exceeded(message: string, cause: unknown): ProofsError {
  return new ProofsError("limit-exceeded", message, "Raise the program's limits.", cause);
}
