import { type Address, type Hex, isAddressEqual, type PublicClient, size } from "viem";

import type { DecoAddresses } from "./addresses.ts";

/** A transaction that a deployment sends. */
export interface SentTransaction {
  /** `deploy market`, `call timelock`. */
  readonly step: string;
  readonly gas: bigint;
  /** Bytes of input, which chains that settle elsewhere charge for. */
  readonly bytes: number;
}

/** The transactions of a dry run, in the order of the chain. */
export async function listSent(
  client: PublicClient,
  startBlock: bigint,
  addresses: DecoAddresses,
): Promise<SentTransaction[]> {
  const sent: SentTransaction[] = [];
  const latest = await client.getBlockNumber();
  for (let blockNumber = startBlock; blockNumber <= latest; blockNumber++) {
    const block = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, to, input } of block.transactions) {
      const receipt = await client.getTransactionReceipt({ hash });
      const created = receipt.contractAddress ?? undefined;
      sent.push({
        step:
          created === undefined
            ? `call ${nameOf(addresses, to)}`
            : `deploy ${nameOf(addresses, created)}`,
        gas: receipt.gasUsed,
        bytes: size(input as Hex),
      });
    }
  }
  return sent;
}

function nameOf({ modules, ...others }: DecoAddresses, address: Address | null): string {
  const named = Object.entries({ ...others, ...modules });
  const found = named.find(([, known]) => address !== null && isAddressEqual(known, address));
  return found?.[0] ?? String(address);
}
