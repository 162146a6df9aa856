import { Worker } from "node:worker_threads";

import { bagTree } from "@deco-network/sdk";
import type { Hash } from "viem";

import { abortedError, ExecutorError } from "../errors.ts";

/** Larger trees are built beside the event loop: 2^20 items take about a minute. */
const SMALL = 2_048;

/** Merkle root over the items' result digests, 32 bytes each. */
export async function bagRoot(digests: Uint8Array, signal: AbortSignal): Promise<Hash> {
  if (digests.length <= SMALL * 32) return bagTree(digests).root;
  const worker = new Worker(new URL("./bag-root-worker.ts", import.meta.url), {
    workerData: digests,
  });
  const done = new AbortController();
  try {
    return await new Promise<Hash>((resolve, reject) => {
      const onAbort = () => reject(abortedError(signal));
      // Unregistered with `done`: the executor's signal outlives thousands of bags.
      signal.addEventListener("abort", onAbort, { once: true, signal: done.signal });
      worker.once("message", resolve);
      worker.once("error", (cause) =>
        reject(
          new ExecutorError("engine-unavailable", "The bag's Merkle tree could not be built.", {
            remedy: "Give the machine more memory, or take smaller bags (policy.maxVolume).",
            cause,
          }),
        ),
      );
    });
  } finally {
    done.abort();
    await worker.terminate();
  }
}
