import type { VerificationKey } from "@deco-network/proofs";
import { waitForReceipt } from "@deco-network/sdk";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { type Account, type Address, type Hash, zeroAddress } from "viem";
import { readContract, sendTransaction, writeContract } from "viem/actions";

import { CliError } from "../errors.ts";
import type { OpenMarket } from "./open-market.ts";

export interface RegisteredCircuit {
  readonly circuit: Hash;
  readonly verifier: Address;
  /** Whether it was registered before, so that nothing was sent. */
  readonly known: boolean;
}

/**
 * What a policy has of a circuit.
 * @throws CliError `circuit-refused` when governance removed it
 */
export async function registeredCircuit(
  { client }: Pick<OpenMarket, "client">,
  policy: Address,
  circuit: Hash,
): Promise<Address | undefined> {
  const { verifier, tombstoned } = await readContract(client, {
    ...{ address: policy, abi: zkPolicyAbi, functionName: "getCircuit", args: [circuit] },
  });
  if (tombstoned) {
    throw new CliError("circuit-refused", "Governance removed this circuit for ever.", {
      where: circuit,
      remedy: "Use another setup; see docs/PROOFS.md.",
    });
  }
  return verifier === zeroAddress ? undefined : verifier;
}

/**
 * Deploys the verifier of a key and makes a policy serve it; sends nothing when it does already.
 * @throws CliError `circuit-refused`
 */
export async function registerCircuit(
  market: OpenMarket,
  account: Account,
  policy: Address,
  key: VerificationKey,
  signal: AbortSignal,
): Promise<RegisteredCircuit> {
  const { circuitIdOf, SYSTEMS, verifierCreationCode } = await import("@deco-network/proofs");
  const circuit = circuitIdOf(key);
  const before = await registeredCircuit(market, policy, circuit);
  if (before !== undefined) return { circuit, verifier: before, known: true };
  const { client } = market;
  const chain = client.chain;
  const data = verifierCreationCode(key);
  const deployed = await mined(
    market,
    await sendTransaction(client, { account, chain, data }),
    signal,
  );
  const verifier = deployed.contractAddress;
  if (!verifier) throw new TypeError("A deployment without an address.");
  const shape = BigInt(SYSTEMS.indexOf(key.system));
  const hash = await writeContract(client, {
    ...{ address: policy, abi: zkPolicyAbi, functionName: "register", args: [verifier, shape] },
    ...{ account, chain },
  });
  await mined(market, hash, signal);
  return { circuit, verifier, known: false };
}

/**
 * Says at a policy where a circuit's document is.
 * @throws CliError `circuit-refused`
 */
export async function describeCircuit(
  market: OpenMarket,
  account: Account,
  policy: Address,
  { circuit, document }: { readonly circuit: Hash; readonly document: Hash },
  signal: AbortSignal,
): Promise<Hash> {
  const { client } = market;
  const hash = await writeContract(client, {
    ...{ address: policy, abi: zkPolicyAbi, functionName: "describe", args: [circuit, document] },
    ...{ account, chain: client.chain },
  });
  await mined(market, hash, signal);
  return hash;
}

async function mined({ client }: OpenMarket, hash: Hash, signal: AbortSignal) {
  const receipt = await waitForReceipt(client, { hash, signal });
  if (receipt.status === "success") return receipt;
  throw new CliError("circuit-refused", `The transaction ${hash} reverted.`, {
    remedy: "The policy may have been deployed with other verifiers in mind: see decision 0240.",
  });
}
