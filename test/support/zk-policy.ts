import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  circuitIdOf,
  parseVerificationKey,
  SYSTEMS,
  shapeOf,
  type VerificationKey,
  verifierCreationCode,
} from "@deco-network/proofs";
import { waitForReceipt } from "@deco-network/sdk";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { zkPolicyBytecode } from "@deco-network/sdk/bytecode/zk-policy";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  encodeDeployData,
  type Hash,
  type Hex,
  http,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { keyFiles, publishedCircuits } from "../../scripts/circuits/circuits.ts";
import { compileCircuit } from "../../scripts/circuits/compile.ts";

/** Gas that the market gives the policy: a PLONK proof with its documents. */
export const POLICY_GAS = 450_000;

/** A published circuit with all that proving takes. */
export interface PreparedCircuit {
  readonly key: VerificationKey;
  readonly id: Hash;
  readonly files: {
    readonly system: VerificationKey["system"];
    readonly witness: SharedArrayBuffer;
    readonly provingKey: SharedArrayBuffer;
  };
  readonly paths: { readonly witness: string; readonly proving: string; verification: string };
}

/** Compiles a published circuit into a folder below the project's, and loads its keys. */
export async function prepareCircuit(name: string, folder: string): Promise<PreparedCircuit> {
  const circuit = publishedCircuits.find((one) => one.name === name);
  if (circuit === undefined) throw new RangeError(`There is no circuit ${name}.`);
  const { proving, verification } = keyFiles(name);
  const key = parseVerificationKey(await readFile(verification));
  const { wasm } = await compileCircuit(circuit, join(folder, name));
  return {
    ...{ key, id: circuitIdOf(key) },
    files: {
      system: key.system,
      witness: shared(await readFile(wasm)),
      provingKey: shared(await readFile(proving)),
    },
    paths: { witness: wasm, proving, verification },
  };
}

/** Deploys the policy for a market of a local chain, registers circuits and lists it. */
export async function deployZkPolicy(
  {
    rpcUrl,
    addresses,
    deployer,
  }: {
    readonly rpcUrl: string;
    readonly addresses: { readonly market: Address; readonly parameters: Address };
    readonly deployer: { readonly privateKey: Hex };
  },
  keys: readonly VerificationKey[],
): Promise<Address> {
  const transport = http(rpcUrl);
  const client = createPublicClient({ chain: foundry, transport });
  const account = privateKeyToAccount(deployer.privateKey);
  const wallet = createWalletClient({ chain: foundry, transport, account });
  const done = async (hash: Hash) => {
    const receipt = await waitForReceipt(client, { hash, pollMillis: 20 });
    if (receipt.status !== "success") throw new RangeError(`Transaction ${hash} reverted.`);
    return receipt;
  };
  const deploy = async (data: Hex): Promise<Address> => {
    const { contractAddress } = await done(await wallet.sendTransaction({ data }));
    if (!contractAddress) throw new RangeError("Nothing was deployed.");
    return contractAddress;
  };
  const policy = await deploy(
    encodeDeployData({
      ...{ abi: zkPolicyAbi, bytecode: zkPolicyBytecode },
      args: [addresses.market, SYSTEMS.map(shapeOf)],
    }),
  );
  for (const key of keys) {
    const verifier = await deploy(verifierCreationCode(key));
    const args = [verifier, BigInt(SYSTEMS.indexOf(key.system))] as const;
    await done(
      await wallet.writeContract({
        ...{ address: policy, abi: zkPolicyAbi, functionName: "register", args },
      }),
    );
  }
  await done(
    await wallet.writeContract({
      ...{ address: addresses.parameters, abi: decoParametersAbi, functionName: "setPolicy" },
      args: [policy, true, POLICY_GAS],
    }),
  );
  return policy;
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}
