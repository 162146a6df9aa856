import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { AttestedProof } from "@deco-network/attest";
import {
  decodeEvidence,
  type EnrolmentView,
  getEnrolment,
  isResultSigned,
  type KeyBinding,
  type VerifiedEvidence,
  verifyEvidence,
} from "@deco-network/attest";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import type { Storage } from "@deco-network/storage";
import type { Address, Client, Hash, PublicClient } from "viem";
import { readContract } from "viem/actions";

/** Certificates in PEM files: roots of the makers of TPMs. */
export async function readRoots(files: readonly string[]): Promise<X509Certificate[]> {
  return await Promise.all(files.map(async (file) => new X509Certificate(await readFile(file))));
}

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
 * @throws StorageError when it cannot be had
 */
export async function verifyAgain(
  storage: Storage,
  enrolment: EnrolmentView,
  registry: { readonly chainId: number; readonly registry: Address },
  trust: { readonly roots: readonly X509Certificate[]; readonly at: number },
  signal: AbortSignal,
): Promise<VerifiedAgain> {
  const document = await storage.getDocument(enrolment.evidence, { signal });
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
