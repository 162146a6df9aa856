import { waitForReceipt } from "@deco-network/sdk";
import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import {
  type Account,
  type Address,
  BaseError,
  type Chain,
  type Client,
  ContractFunctionRevertedError,
  type Hash,
  maxUint256,
  type Transport,
} from "viem";
import { readContract, simulateContract, writeContract } from "viem/actions";

import { AttestError } from "../errors.ts";

/** A client that sends for an account. */
export type SendingClient = Client<Transport, Chain | undefined, Account>;
export type ReadingClient = Client<Transport, Chain | undefined, Account | undefined>;

/** Where keys and bonds are. */
export interface Registry {
  readonly registry: Address;
  readonly token: Address;
}

/**
 * Calls the registry for the client's account, after a simulation that says why not.
 * @throws AttestError `enrolment-refused`
 */
export async function callRegistry(
  client: SendingClient,
  registry: Address,
  call: { readonly functionName: string; readonly args: readonly unknown[] },
  signal?: AbortSignal,
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    ...{ address: registry, abi: attestationRegistryAbi, account: client.account },
    ...(call as { functionName: "revoke"; args: readonly [Hash] }),
  }).catch((cause: Error) => {
    throw refused(`The registry refuses: ${wordsOf(cause)}.`, cause);
  });
  const transaction = await writeContract(client, { ...request, chain: client.chain });
  await mined(client, transaction, signal);
  return transaction;
}

/** Lets the registry pull an amount of DECO, unless it may already. */
export async function allow(
  client: SendingClient,
  { registry, token }: Registry,
  amount: bigint,
  signal?: AbortSignal,
): Promise<void> {
  const { account, chain } = client;
  const owned = { address: token, abi: decoTokenAbi } as const;
  const allowed = await readContract(client, {
    ...{ ...owned, functionName: "allowance", args: [account.address, registry] },
  });
  if (allowed >= amount) return;
  const hash = await writeContract(client, {
    ...{ ...owned, functionName: "approve", args: [registry, maxUint256] },
    ...{ account, chain },
  });
  await mined(client, hash, signal);
}

/** What of a cover the account's free bond does not hold yet, in base units of DECO. */
export async function missingBond(
  client: SendingClient,
  registry: Address,
  cover: bigint,
): Promise<bigint> {
  const free = await readContract(client, {
    ...{ address: registry, abi: attestationRegistryAbi, functionName: "bondOf" },
    args: [client.account.address],
  });
  return cover > free ? cover - free : 0n;
}

/** Adds to the account's free bond. */
export async function addBond(
  client: SendingClient,
  at: Registry,
  amount: bigint,
  signal?: AbortSignal,
): Promise<void> {
  if (amount === 0n) return;
  await allow(client, at, amount, signal);
  await callRegistry(client, at.registry, { functionName: "bond", args: [amount] }, signal);
}

export async function mined(
  client: ReadingClient,
  hash: Hash,
  signal?: AbortSignal,
): Promise<void> {
  const receipt = await waitForReceipt(client, { hash, ...(signal && { signal }) });
  if (receipt.status !== "success") throw refused(`The transaction ${hash} reverted.`);
}

export function refused(why: string, cause?: unknown): AttestError {
  return new AttestError(
    "enrolment-refused",
    why,
    "See the key with deco attest show, the terms of its registry, and the account's DECO.",
    cause,
  );
}

/** The contract's own error with its arguments, where it has one. */
export function wordsOf(error: Error): string {
  const reverted =
    error instanceof BaseError &&
    error.walk((each) => each instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError && reverted.data) {
    const { errorName, args = [] } = reverted.data;
    return `${errorName}(${args.map(String).join(", ")})`;
  }
  return error.message.split("\n").slice(0, 3).join(" ");
}
