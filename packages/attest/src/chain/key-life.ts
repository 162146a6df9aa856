import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import type { Address, Hash } from "viem";
import { readContract } from "viem/actions";

import type { EnrolmentResult } from "./enrolments.ts";
import {
  addBond,
  allow,
  callRegistry,
  missingBond,
  type Registry,
  type SendingClient,
} from "./sending.ts";

interface Sending {
  readonly signal?: AbortSignal;
}

/**
 * Puts the client's bond behind a key that another attester enrolled; bonds what is missing first. Verify the evidence before.
 * @param cover base units of DECO
 * @throws AttestError `enrolment-refused`
 */
export async function vouchForKey(
  client: SendingClient,
  at: Registry,
  { key, cover }: { readonly key: Hash; readonly cover: bigint },
  { dryRun = false, signal }: Sending & { readonly dryRun?: boolean } = {},
): Promise<EnrolmentResult> {
  const bonded = await missingBond(client, at.registry, cover);
  if (dryRun) return { key, bonded };
  await addBond(client, at, bonded, signal);
  const call = { functionName: "vouch", args: [key, cover] };
  return { key, bonded, transaction: await callRegistry(client, at.registry, call, signal) };
}

/**
 * Challenges a key that is not active yet, with the registry's challenge bond: it is frozen until governance judges.
 * @param reason digest of a document that says why
 * @throws AttestError `enrolment-refused`
 */
export async function challengeKey(
  client: SendingClient,
  at: Registry,
  { key, reason }: { readonly key: Hash; readonly reason: Hash },
  { signal }: Sending = {},
): Promise<{ readonly bond: bigint; readonly transaction: Hash }> {
  const bond = await readContract(client, {
    ...{ address: at.registry, abi: attestationRegistryAbi, functionName: "challengeBond" },
  });
  await allow(client, at, bond, signal);
  const call = { functionName: "challenge", args: [key, reason] };
  return { bond, transaction: await callRegistry(client, at.registry, call, signal) };
}

/**
 * Ends a challenge on which governance was silent: the key is revoked, every bond returns. By anybody.
 * @throws AttestError `enrolment-refused`
 */
export async function lapseChallenge(
  client: SendingClient,
  { registry }: Registry,
  key: Hash,
  { signal }: Sending = {},
): Promise<Hash> {
  return await callRegistry(client, registry, { functionName: "lapse", args: [key] }, signal);
}

/**
 * Ends a key at once: by an attester of it, its provider's owner or operator, or governance.
 * @throws AttestError `enrolment-refused`
 */
export async function revokeKey(
  client: SendingClient,
  { registry }: Registry,
  key: Hash,
  { signal }: Sending = {},
): Promise<Hash> {
  return await callRegistry(client, registry, { functionName: "revoke", args: [key] }, signal);
}

/**
 * Frees what an attester put behind a key, once the key has been over for the registry's tail. By anybody.
 * @throws AttestError `enrolment-refused`
 */
export async function releaseCover(
  client: SendingClient,
  { registry }: Registry,
  { key, attester }: { readonly key: Hash; readonly attester: Address },
  { signal }: Sending = {},
): Promise<Hash> {
  const call = { functionName: "release", args: [key, attester] };
  return await callRegistry(client, registry, call, signal);
}

/**
 * Takes free bond back.
 * @param amount base units of DECO; all that is free when absent
 * @throws AttestError `enrolment-refused`
 */
export async function withdrawBond(
  client: SendingClient,
  { registry }: Registry,
  amount?: bigint,
  { signal }: Sending = {},
): Promise<{ readonly amount: bigint; readonly transaction?: Hash }> {
  const free = await readContract(client, {
    ...{ address: registry, abi: attestationRegistryAbi, functionName: "bondOf" },
    args: [client.account.address],
  });
  const taken = amount ?? free;
  if (taken === 0n) return { amount: 0n };
  const call = { functionName: "withdraw", args: [taken] };
  return { amount: taken, transaction: await callRegistry(client, registry, call, signal) };
}
