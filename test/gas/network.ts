import { type Devnet, startDevnet } from "@deco-network/devnet";
import { waitForReceipt } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import { createPublicClient, createWalletClient, type Hash, http, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

const STAKE = parseEther("2000");
const DEPOSIT = parseEther("10000");

/**
 * A chain for measuring: mines one block per transaction, moves its clock when told, with a
 * requester and providers whose accounts are warm (balances in the market that are not zero), and an allocator.
 */
export async function startGasNetwork(providers: number) {
  const devnet = await startDevnet({ accounts: providers + 2 });
  try {
    return await compose(devnet, providers);
  } catch (error) {
    await devnet.stop();
    throw error;
  }
}

export type GasNetwork = Awaited<ReturnType<typeof startGasNetwork>>;

async function compose(devnet: Devnet, providers: number) {
  const transport = http(devnet.rpcUrl);
  const client = createPublicClient({ chain: foundry, transport }).extend((base) => ({
    /** Local node methods that viem's public client does not know. */
    node: (method: string, params: unknown[]) =>
      base.request({ method, params } as unknown as Parameters<typeof base.request>[0]),
  }));
  await client.node("evm_setIntervalMining", [0]);
  await client.node("evm_setAutomine", [true]);

  const { market, token } = devnet.addresses;
  const senders = devnet.accounts
    .slice(0, providers + 2)
    .map(({ privateKey }) =>
      createWalletClient({ chain: foundry, transport, account: privateKeyToAccount(privateKey) }),
    );
  const [requester, allocator, ...operators] = senders;
  if (!requester || !allocator) throw new RangeError("The devnet has no accounts.");

  /** Gas of a mined transaction that must succeed. */
  async function gasOf(hash: Hash): Promise<bigint> {
    const receipt = await waitForReceipt(client, { hash, pollMillis: 20 });
    if (receipt.status !== "success") throw new RangeError(`Transaction ${hash} reverted.`);
    return receipt.gasUsed;
  }

  for (const sender of senders) {
    await gasOf(
      await sender.writeContract({
        ...{ address: token, abi: decoTokenAbi, functionName: "approve" },
        args: [market, parseEther("1000000")],
      }),
    );
    await gasOf(
      await sender.writeContract({
        ...{ address: market, abi: decoMarketAbi, functionName: "deposit" },
        args: [token, DEPOSIT],
      }),
    );
  }
  for (const operator of operators) {
    await gasOf(
      await operator.writeContract({
        ...{ address: market, abi: decoMarketAbi, functionName: "register" },
        args: [operator.account.address, toHex(1, { size: 32 }), "", STAKE],
      }),
    );
  }

  return {
    devnet,
    client,
    market,
    token,
    requester,
    allocator,
    operators,
    gasOf,
    /** Moves the chain's clock and mines a block. */
    async pass(seconds: number): Promise<void> {
      await client.node("evm_increaseTime", [seconds]);
      await client.node("evm_mine", []);
    },
    stop: () => devnet.stop(),
  };
}
