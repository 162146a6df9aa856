import { Worker } from "node:worker_threads";

import type { CircuitCheck, CircuitFindings } from "../check/report.ts";
import { CircuitsError } from "../errors.ts";
import type { CheckJob, Message } from "./messages.ts";

export interface CheckLimits {
  readonly wallMillis: number;
  /** Of the worker's heap. */
  readonly memoryBytes: number;
}

/**
 * Checks in a worker of its own: what compiles, parses and verifies is somebody else's, and may never end.
 * @param onCheck told of each check when it is done
 * @throws CircuitsError `limit-exceeded`, `checking-failed`; the signal's reason when aborted
 */
export async function runCheck(
  job: CheckJob,
  limits: CheckLimits,
  onCheck: (check: CircuitCheck) => void,
  signal: AbortSignal,
): Promise<CircuitFindings> {
  signal.throwIfAborted();
  const checks: CircuitCheck[] = [];
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(limits.memoryBytes / 2 ** 20) },
    ...{ stdout: true, stderr: true },
  });
  const timeout = AbortSignal.timeout(limits.wallMillis);
  const ended = AbortSignal.any([signal, timeout]);
  try {
    return await new Promise<CircuitFindings>((resolve, reject) => {
      worker.on("message", (message: Message) => {
        if (message.kind === "check") {
          checks.push(message.check);
          onCheck(message.check);
          return;
        }
        const { kind: _, ...found } = message;
        resolve({ ...found, checks });
      });
      worker.once("error", (error) => reject(failure(error)));
      worker.once("exit", () => reject(failure(new Error("the worker ended"))));
      ended.addEventListener("abort", () => reject(ended.reason), { once: true });
    });
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      throw exceeded(`Checking took longer than ${limits.wallMillis / 1_000} seconds.`, error);
    }
    throw error;
  } finally {
    await worker.terminate();
  }
}

function failure(error: Error): CircuitsError {
  if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return exceeded("Checking took more memory than it may.", error);
  }
  return new CircuitsError("checking-failed", error.message, "Look at the cause.", error);
}

function exceeded(message: string, cause: unknown): CircuitsError {
  return new CircuitsError("limit-exceeded", message, "Allow more with --minutes.", cause);
}
