import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import {
  type Account,
  type Address,
  encodeFunctionData,
  type Hash,
  type PublicClient,
  type WalletClient,
} from "viem";

import { receiptsOf } from "./send.ts";

export interface Funding {
  readonly to: Address;
  /** Wei. */
  readonly eth?: bigint;
  /** DECO base units. */
  readonly deco?: bigint;
}

const TRANSFER_GAS = 200_000n;

/** Sends ETH and DECO from the deployer, who holds the supply. */
export async function fundAccounts(
  client: PublicClient,
  wallet: WalletClient,
  deployer: Account,
  token: Address,
  fundings: readonly Funding[],
  signal: AbortSignal,
): Promise<void> {
  let nonce = await client.getTransactionCount({ address: deployer.address, blockTag: "pending" });
  const hashes: Hash[] = [];
  const send = async (to: Address, value: bigint, data?: `0x${string}`) => {
    hashes.push(
      await wallet.sendTransaction({
        account: deployer,
        chain: null,
        to,
        value,
        gas: TRANSFER_GAS,
        nonce: nonce++,
        ...(data && { data }),
      }),
    );
  };
  for (const { to, eth, deco } of fundings) {
    if (eth) await send(to, eth);
    if (!deco) continue;
    const args = [to, deco] as const;
    await send(
      token,
      0n,
      encodeFunctionData({ abi: decoTokenAbi, functionName: "transfer", args }),
    );
  }
  await receiptsOf(client, hashes, signal);
}
