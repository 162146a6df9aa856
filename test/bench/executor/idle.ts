import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { startNetwork } from "../../../packages/executor/test/support/network.ts";
import { spawnDaemon } from "../../../packages/executor/test/support/spawn-executor.ts";
import type { Figure } from "../figures.ts";

const SETTLE_MILLIS = 15_000;

/** Memory of a daemon that waits for work, as its process starts and as its kernel counts it. */
export async function idle(): Promise<Figure[] | { unavailable: string }> {
  if (process.platform !== "linux") return { unavailable: "resident memory is read from /proc" };
  const network = await startNetwork(1);
  try {
    const [provider] = network.providers;
    if (provider === undefined) throw new RangeError("no provider");
    const daemon = await spawnDaemon(network, provider);
    try {
      await pause(SETTLE_MILLIS);
      const value = await residentMegabytes(daemon.pid);
      const of = `resident, ${SETTLE_MILLIS / 1_000} s after the start`;
      return [{ name: "idle memory", value, unit: "MB", goal: { most: 200 }, of }];
    } finally {
      await daemon.stop();
    }
  } finally {
    await network.close();
  }
}

export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return (kilobytes * 1_024) / 1e6;
}
