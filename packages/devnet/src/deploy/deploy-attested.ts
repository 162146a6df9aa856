import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { attestationRegistryBytecode } from "@deco-network/sdk/bytecode/attestation-registry";
import { attestedPolicyBytecode } from "@deco-network/sdk/bytecode/attested-policy";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  encodeDeployData,
  type Hash,
  http,
  parseEther,
} from "viem";
import { foundry } from "viem/chains";

import { devnetAccount } from "../accounts.ts";
import type { Deployment } from "../deployments.ts";
import { receiptsOf } from "./send.ts";

/** Terms of a registry on a local network: keys are live within seconds. */
export const LOCAL_REGISTRY_TERMS = {
  activationDelay: 2,
  judgementWindow: 60,
  tail: 60,
  longestLife: 90 * 86_400,
  minimumCover: parseEther("10"),
  challengeBond: parseEther("10"),
} as const;
/** Gas that the market gives the policy: also where P-256 is computed in Solidity. */
export const ATTESTED_POLICY_GAS = 700_000;

export interface AttestedContracts {
  readonly registry: Address;
  readonly policy: Address;
}

/**
 * Deploys registry and policy for attested keys on a local network, and lists the policy.
 * @param terms what differs from {@link LOCAL_REGISTRY_TERMS}
 */
export async function deployAttested(
  { rpcUrl, market, token, parameters }: Deployment,
  signal: AbortSignal,
  terms: { readonly activationDelay?: number } = {},
): Promise<AttestedContracts> {
  const transport = http(rpcUrl);
  const client = createPublicClient({ transport });
  const { account } = devnetAccount(0);
  const wallet = createWalletClient({ transport, account, chain: foundry });
  const done = async (hash: Hash) => (await receiptsOf(client, [hash], signal))[0];
  const deploy = async (data: `0x${string}`): Promise<Address> => {
    const receipt = await done(await wallet.sendTransaction({ data }));
    if (!receipt?.contractAddress) throw new TypeError("A deployment without an address.");
    return receipt.contractAddress;
  };
  const registry = await deploy(
    encodeDeployData({
      ...{ abi: attestationRegistryAbi, bytecode: attestationRegistryBytecode },
      args: [market, token, { ...LOCAL_REGISTRY_TERMS, ...terms }],
    }),
  );
  const policy = await deploy(
    encodeDeployData({
      ...{ abi: attestedPolicyAbi, bytecode: attestedPolicyBytecode },
      args: [market, registry],
    }),
  );
  await done(
    await wallet.writeContract({
      ...{ address: parameters, abi: decoParametersAbi, functionName: "setPolicy" },
      args: [policy, true, ATTESTED_POLICY_GAS],
    }),
  );
  return { registry, policy };
}
