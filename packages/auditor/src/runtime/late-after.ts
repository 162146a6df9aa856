import type { Client } from "viem";
import { getBlock } from "viem/actions";

import { pause } from "./pause.ts";

/** A moment of block time that ends work. */
export interface Deadline {
  /** Aborted when a block is later than the moment. */
  readonly passed: AbortSignal;
  /** Ends the watch. */
  stop(): void;
}

/** Watches the chain's clock, which is the one that windows go by. A node that fails is asked again. */
export function lateAfter(client: Client, second: number, pollMillis: number): Deadline {
  const passed = new AbortController();
  const stopped = new AbortController();
  const watch = async () => {
    while (!stopped.signal.aborted) {
      const block = await getBlock(client, { blockTag: "latest" }).catch(() => undefined);
      if (block !== undefined && Number(block.timestamp) > second) return passed.abort();
      await pause(pollMillis, stopped.signal);
    }
  };
  void watch();
  return { passed: passed.signal, stop: () => stopped.abort() };
}
