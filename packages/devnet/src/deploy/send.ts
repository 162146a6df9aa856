import { setTimeout as sleep } from "node:timers/promises";

import type { Hash, PublicClient, TransactionReceipt } from "viem";

import { DevnetError } from "../errors.ts";

const POLL_MILLIS = 50;

/**
 * Waits for receipts by polling: viem's waiting helper was seen to hang under interval mining.
 * @throws DevnetError `setup-failed` when one reverted or none came in time
 */
export async function receiptsOf(
  client: PublicClient,
  hashes: readonly Hash[],
  signal: AbortSignal,
): Promise<TransactionReceipt[]> {
  const receipts: TransactionReceipt[] = [];
  for (const hash of hashes) {
    let receipt: TransactionReceipt | undefined;
    while (!receipt) {
      signal.throwIfAborted();
      receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
      if (!receipt) await sleep(POLL_MILLIS, undefined, { signal });
    }
    if (receipt.status !== "success") {
      throw new DevnetError("setup-failed", `Transaction ${hash} reverted.`, {
        remedy: "Generate the contracts' code again: it may not fit the deployment.",
      });
    }
    receipts.push(receipt);
  }
  return receipts;
}
