import { join } from "node:path";

import type { Deployment, DevnetAccount } from "@deco-network/devnet";

import { type Child, startChild } from "./child.ts";

/** What the local chain's process tells when it is ready. */
export type ChainReady = Deployment & { readonly accounts: readonly DevnetAccount[] };

const DEVNET = new URL(import.meta.resolve("@deco-network/devnet/main"));

/**
 * Starts the local chain as its own process, with the market deployed and accounts funded.
 * @param accounts funded accounts
 * @throws DemoError `process-failed`, `aborted`
 */
export function startChain(
  folder: string,
  accounts: number,
  signal: AbortSignal,
): Promise<Child<ChainReady>> {
  return startChild<ChainReady>({
    name: "chain",
    script: DEVNET,
    args: [
      ...["--accounts", String(accounts), "--deployment", join(folder, "deployment.json")],
      "--stop-with-parent",
    ],
    logFile: join(folder, "chain.log"),
    readyMillis: 60_000,
    signal,
  });
}
