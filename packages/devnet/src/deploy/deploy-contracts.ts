import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import { marketExtensionAbi } from "@deco-network/sdk/abis/market-extension";
import { decoMarketBytecode } from "@deco-network/sdk/bytecode/deco-market";
import { decoParametersBytecode } from "@deco-network/sdk/bytecode/deco-parameters";
import { decoTokenBytecode } from "@deco-network/sdk/bytecode/deco-token";
import { localRandomnessBytecode } from "@deco-network/sdk/bytecode/local-randomness";
import { marketExtensionBytecode } from "@deco-network/sdk/bytecode/market-extension";
import { marketOpeningBytecode } from "@deco-network/sdk/bytecode/market-opening";
import { marketOrdersBytecode } from "@deco-network/sdk/bytecode/market-orders";
import { marketPanelsBytecode } from "@deco-network/sdk/bytecode/market-panels";
import { marketProofsBytecode } from "@deco-network/sdk/bytecode/market-proofs";
import { marketProvingBytecode } from "@deco-network/sdk/bytecode/market-proving";
import { prevrandaoRandomnessBytecode } from "@deco-network/sdk/bytecode/prevrandao-randomness";
import {
  type Account,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hash,
  type Hex,
  type PublicClient,
  type WalletClient,
} from "viem";

import {
  LOCAL_POST_PARAMETERS,
  LOCAL_TASK_PARAMETERS,
  LOCAL_TOKEN_PARAMETERS,
} from "./parameters.ts";
import { receiptsOf } from "./send.ts";

/** Where the parts of the market's code are. */
export interface MarketModules {
  readonly opening: Address;
  readonly panels: Address;
  readonly proofs: Address;
  readonly proving: Address;
  readonly orders: Address;
  readonly extension: Address;
}

export interface DevnetAddresses {
  readonly market: Address;
  /** DECO: the stake token, and the local chain's payment token. */
  readonly token: Address;
  readonly parameters: Address;
  readonly randomness: Address;
  readonly modules: MarketModules;
}

/**
 * Where seeds come from: block hashes, which need no proof, or, as on public chains, `prevrandao`
 * proven by header.
 */
export type RandomnessKind = "block-hash" | "prevrandao";

/** Gas of each deployment and call; estimates would need the previous ones to be mined. */
const GAS = 8_000_000n;

/**
 * Deploys the token, parameters, randomness and market, and lists DECO as a payment token, all in
 * one block: addresses follow from the deployer's nonces.
 * @returns the addresses and the first block that can hold the market's events
 */
export async function deployContracts(
  client: PublicClient,
  wallet: WalletClient,
  deployer: Account,
  randomnessKind: RandomnessKind,
  signal: AbortSignal,
): Promise<{ addresses: DevnetAddresses; startBlock: number }> {
  const from = deployer.address;
  const first = await client.getTransactionCount({ address: from });
  const addressAt = (offset: number) => getContractAddress({ from, nonce: BigInt(first + offset) });
  const [token, parameters, randomness] = [addressAt(0), addressAt(1), addressAt(2)];
  const modules = {
    opening: addressAt(3),
    panels: addressAt(4),
    proofs: addressAt(5),
    proving: addressAt(6),
    orders: addressAt(7),
    extension: addressAt(8),
  };
  const market = addressAt(9);

  const shared = [token, parameters, randomness] as const;
  const transactions: { to?: Address; data: Hex }[] = [
    { data: encodeDeployData({ abi: decoTokenAbi, bytecode: decoTokenBytecode, args: [from] }) },
    {
      data: encodeDeployData({
        abi: decoParametersAbi,
        bytecode: decoParametersBytecode,
        args: [from, from, LOCAL_TASK_PARAMETERS, LOCAL_POST_PARAMETERS],
      }),
    },
    {
      data:
        randomnessKind === "prevrandao" ? prevrandaoRandomnessBytecode : localRandomnessBytecode,
    },
    // In the order of `modules`; their constructors are the same.
    ...[
      marketOpeningBytecode,
      marketPanelsBytecode,
      marketProofsBytecode,
      marketProvingBytecode,
      marketOrdersBytecode,
      marketExtensionBytecode,
    ].map((bytecode) => ({
      data: encodeDeployData({ abi: marketExtensionAbi, bytecode, args: shared }),
    })),
    {
      data: encodeDeployData({
        abi: decoMarketAbi,
        bytecode: decoMarketBytecode,
        args: [...shared, modules],
      }),
    },
    {
      to: parameters,
      data: encodeFunctionData({
        abi: decoParametersAbi,
        functionName: "setToken",
        args: [token, LOCAL_TOKEN_PARAMETERS],
      }),
    },
  ];

  const hashes: Hash[] = [];
  for (const [offset, { to, data }] of transactions.entries()) {
    hashes.push(
      await wallet.sendTransaction({
        account: deployer,
        chain: null,
        ...(to && { to }),
        data,
        gas: GAS,
        nonce: first + offset,
      }),
    );
  }
  const receipts = await receiptsOf(client, hashes, signal);
  const startBlock = Math.min(...receipts.map((receipt) => Number(receipt.blockNumber)));
  return { addresses: { market, token, parameters, randomness, modules }, startBlock };
}
