import { rename, writeFile } from "node:fs/promises";
import type { Address } from "viem";

/** Where a market lives: what every Deco process on the same machine reads. */
export interface Deployment {
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly market: Address;
  readonly token: Address;
  readonly parameters: Address;
  readonly randomness: Address;
  /** First block that can hold the market's events. */
  readonly startBlock: number;
}

/** Writes a deployment as JSON; readers see the old file or the new one, never half of it. */
export async function writeDeployment(path: string, deployment: Deployment): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, `${JSON.stringify(deployment, null, 2)}\n`);
  await rename(partial, path);
}
