import type { X509Certificate } from "node:crypto";

import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import type { Address, Client, Hash, PublicClient } from "viem";
import { readContract } from "viem/actions";

import { decodeEvidence, type KeyBinding } from "../evidence.ts";
import { type AttestedProof, isResultSigned } from "../proof.ts";
import { type VerifiedEvidence, verifyEvidence } from "../verify-evidence.ts";
import { type EnrolmentView, getEnrolment } from "./enrolments.ts";

/** The registry whose keys a policy believes. */
export async function registryOf(client: Client, policy: Address): Promise<Address> {
  return await readContract(client, {
    ...{ address: policy, abi: attestedPolicyAbi, functionName: "registry" },
  });
}

/** What a key's evidence says when it is verified again; `refused` is why it does not verify. */
export type VerifiedAgain = { readonly shown: VerifiedEvidence } | { readonly refused: string };

/**
 * Fetches the evidence of an enrolment by its digest, and verifies it as of a second.
 * @throws what `getDocument` throws
 */
export async function verifyAgain(
  getDocument: (digest: Hash) => Promise<Uint8Array>,
  enrolment: EnrolmentView,
  registry: { readonly chainId: number; readonly registry: Address },
  trust: { readonly roots: readonly X509Certificate[]; readonly at: number },
): Promise<VerifiedAgain> {
  const document = await getDocument(enrolment.evidence);
  const binding: KeyBinding = { ...registry, provider: enrolment.provider };
  try {
    const evidence = decodeEvidence(document);
    const shown = verifyEvidence(evidence, binding, trust);
    const { x, y } = evidence.key;
    if (x !== enrolment.point.x || y !== enrolment.point.y) {
      return { refused: "the evidence is of another key" };
    }
    if (shown.kind !== enrolment.kind || shown.measurement !== enrolment.measurement) {
      return { refused: "the evidence is of another kind or measurement" };
    }
    return { shown };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

/** A proof of an attested policy, and what it was shown for. */
export interface ShownSignature {
  readonly policy: Address;
  readonly policyData: Hash;
  readonly task: Hash;
  readonly provider: number;
  readonly result: Hash;
  readonly proof: AttestedProof;
  /** Block in which it was shown. */
  readonly block: bigint;
}

/**
 * Judges a signature as the policy did, from the state before its block.
 * @returns why it does not show the result; else undefined
 */
export async function refuteSignature(
  client: PublicClient,
  { policy, policyData, task, provider, result, proof, block }: ShownSignature,
): Promise<{
  readonly why?: string;
  readonly registry: Address;
  readonly enrolment?: EnrolmentView;
}> {
  const of = { address: policy, abi: attestedPolicyAbi } as const;
  const registry = await registryOf(client, policy);
  const enrolment = await getEnrolment(client, registry, proof.key, block);
  if (enrolment === undefined) return { registry, why: "the key was not enrolled" };
  const acceptance = await client.readContract({
    ...{ ...of, functionName: "getAcceptance", args: [policyData] },
  });
  const attesters = enrolment.attesters.filter(
    (each) => each.cover > 0n && acceptance.attesters.includes(each.attester),
  );
  const { environment } = proof;
  const checks: readonly (readonly [boolean, string])[] = [
    [enrolment.live, `the key was ${enrolment.status}, and not live`],
    [enrolment.provider === provider, "the key is another provider's"],
    [environment === enrolment.measurement, "another environment was signed"],
    [acceptance.measurements.includes(environment), "the measurement is not accepted"],
    [
      attesters.length >= acceptance.minAttesters,
      "too few accepted attesters stood behind the key",
    ],
    [
      isResultSigned({ task, result, environment }, proof, enrolment.point),
      "the signature is not the key's",
    ],
  ];
  const failed = checks.find(([holds]) => !holds);
  return { registry, enrolment, ...(failed && { why: failed[1] }) };
}

/**
 * Judges a result that a key signed, whatever the policy said: signature, state of the key at that block, and its evidence.
 * @returns why it does not hold; else undefined
 */
export async function refuteAttested(
  client: PublicClient,
  shown: ShownSignature,
  getDocument: (digest: Hash) => Promise<Uint8Array>,
  roots: readonly X509Certificate[],
): Promise<string | undefined> {
  const { why, registry, enrolment } = await refuteSignature(client, shown);
  if (why !== undefined || enrolment === undefined) return why;
  const at = enrolment.activatesAt;
  const where = { chainId: await client.getChainId(), registry };
  const again = await verifyAgain(getDocument, enrolment, where, { roots, at });
  return "refused" in again ? `the key's evidence does not verify: ${again.refused}` : undefined;
}

/** What stays trusted of a result that an attested key signed. */
export const TRUSTED_OF_KEY =
  "the maker of the hardware, that nothing broke it, that the measured system runs the named program on the named input, and the " +
  "attesters' word for what no third party can check (a TPM's answer to their challenge)";
