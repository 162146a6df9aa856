import { type Hash, type Hex, type PublicClient, serializeTransaction } from "viem";

import { reorganise } from "../../../packages/executor/test/support/reorganise.ts";

/**
 * Replaces the chain's last blocks by empty ones, then offers those of their transactions again that
 * others would: a requester's post, an allocator's opening. The executor's own are forgotten.
 */
export async function reorganiseKeeping(
  client: PublicClient,
  depth: number,
  kept: readonly Hash[],
): Promise<void> {
  const raws = await Promise.all(kept.map((hash) => rawOf(client, hash)));
  await reorganise(client, depth);
  for (const raw of raws) {
    // It may have been in a block that stayed.
    await client.sendRawTransaction({ serializedTransaction: raw }).catch(() => undefined);
  }
}

/** Signed bytes of a transaction that is on the chain. */
async function rawOf(client: PublicClient, hash: Hash): Promise<Hex> {
  const transaction = await client.getTransaction({ hash });
  const { r, s, yParity, nonce, gas, value, input, chainId } = transaction;
  const common = { nonce, gas, value, data: input, ...(transaction.to && { to: transaction.to }) };
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (maxFeePerGas === undefined || maxPriorityFeePerGas === undefined || !chainId) {
    throw new RangeError(`${hash} is of another type`);
  }
  const fees = { maxFeePerGas, maxPriorityFeePerGas };
  return serializeTransaction(
    { type: "eip1559", chainId, ...common, ...fees },
    { r, s, yParity: yParity ?? 0 },
  );
}
