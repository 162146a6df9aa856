import type { Hex, TransactionReceipt } from "viem";
import { getTransactionReceipt } from "viem/actions";
import type { WaitParameters } from "./abortable.ts";
import { pollUntil } from "./abortable.ts";
import type { DecoClient } from "./deployment.ts";

const DEFAULT_TIMEOUT_MILLIS = 180_000;

/**
 * Waits until a transaction is mined. It asks for the receipt itself: viem's own helper waits for new
 * block numbers and was seen to hang where blocks come at intervals.
 * @throws DecoUsageError `timeout` (default 180 s), `aborted`.
 */
export async function waitForReceipt(
  client: DecoClient,
  parameters: WaitParameters & { readonly hash: Hex },
): Promise<TransactionReceipt> {
  const { hash, signal } = parameters;
  return await pollUntil(
    () => getTransactionReceipt(client, { hash }).catch(undefinedIfPending),
    {
      signal,
      timeoutMillis: parameters.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS,
      pollMillis: parameters.pollMillis ?? client.pollingInterval,
    },
    `transaction ${hash}`,
  );
}

function undefinedIfPending(error: unknown): undefined {
  if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return undefined;
  throw error;
}
