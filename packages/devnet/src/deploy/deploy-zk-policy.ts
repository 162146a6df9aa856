import { SYSTEMS, shapeOf, type VerificationKey, verifierCreationCode } from "@deco-network/proofs";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { zkPolicyBytecode } from "@deco-network/sdk/bytecode/zk-policy";
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

import { receiptsOf } from "./send.ts";

/** Gas that the market gives the policy: a PLONK proof with its documents. */
const ZK_POLICY_GAS = 450_000;

/** Gas of each transaction; estimates would need the previous ones to be mined. */
const GAS = 5_000_000n;

/**
 * Deploys a `ZkPolicy` for a market with the verifiers of these keys, registers them, and lists the policy; addresses follow from the
 * deployer's nonces, so that nothing waits for anything.
 * @param deployer Owner of the parameters.
 * @throws DevnetError `setup-failed`; ProofsError `key-not-deployable`
 */
export async function deployZkPolicy(
  client: PublicClient,
  wallet: WalletClient,
  deployer: Account,
  { market, parameters }: { readonly market: Address; readonly parameters: Address },
  keys: readonly VerificationKey[],
  signal: AbortSignal,
): Promise<Address> {
  const from = deployer.address;
  const first = await client.getTransactionCount({ address: from, blockTag: "pending" });
  const addressAt = (offset: number) => getContractAddress({ from, nonce: BigInt(first + offset) });
  const policy = addressAt(0);
  const transactions: { to?: Address; data: Hex }[] = [
    {
      data: encodeDeployData({
        ...{ abi: zkPolicyAbi, bytecode: zkPolicyBytecode },
        args: [market, SYSTEMS.map(shapeOf)],
      }),
    },
    ...keys.map((key) => ({ data: verifierCreationCode(key) })),
    ...keys.map((key, index) => ({
      to: policy,
      data: encodeFunctionData({
        ...{ abi: zkPolicyAbi, functionName: "register" },
        args: [addressAt(1 + index), BigInt(SYSTEMS.indexOf(key.system))],
      }),
    })),
    {
      to: parameters,
      data: encodeFunctionData({
        ...{ abi: decoParametersAbi, functionName: "setPolicy" },
        args: [policy, true, ZK_POLICY_GAS],
      }),
    },
  ];
  const hashes: Hash[] = [];
  for (const [offset, transaction] of transactions.entries()) {
    hashes.push(
      await wallet.sendTransaction({
        ...{ ...transaction, account: deployer, chain: null, gas: GAS, nonce: first + offset },
      }),
    );
  }
  await receiptsOf(client, hashes, signal);
  return policy;
}
