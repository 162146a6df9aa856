import { join } from "node:path";

import type { Deployment, DevnetAccount } from "@deco-network/devnet";

import type { Address } from "viem";

import { type Child, startChild } from "./child.ts";

/** What the local chain's process tells when it is ready. */
export type ChainReady = Deployment & {
  readonly accounts: readonly DevnetAccount[];
  /** Of a chain that serves circuits. */
  readonly zkPolicy?: Address;
};

const DEVNET = new URL(import.meta.resolve("@deco-network/devnet/main"));

/**
 * Starts the local chain as its own process, with the market deployed and accounts funded.
 * @param accounts funded accounts
 * @param zk whether it serves the published circuits
 * @throws DemoError `process-failed`, `aborted`
 */
export function startChain(
  folder: string,
  accounts: number,
  zk: boolean,
  signal: AbortSignal,
): Promise<Child<ChainReady>> {
  return startChild<ChainReady>({
    name: "chain",
    script: DEVNET,
    args: [
      ...["--accounts", String(accounts), "--deployment", join(folder, "deployment.json")],
      ...["--stop-with-parent", ...(zk ? ["--zk"] : [])],
    ],
    logFile: join(folder, "chain.log"),
    readyMillis: 60_000,
    signal,
  });
}
