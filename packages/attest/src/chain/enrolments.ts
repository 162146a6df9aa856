import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import type { Address, Hash, Hex } from "viem";
import { readContract, simulateContract, writeContract } from "viem/actions";

import { type AttestationKind, KINDS, type PublicPoint } from "../evidence.ts";
import {
  addBond,
  callRegistry,
  mined,
  missingBond,
  type ReadingClient,
  type Registry,
  refused,
  type SendingClient,
  wordsOf,
} from "./sending.ts";

/** In the order of `KeyStatus` in the contracts. */
export const KEY_STATUSES = ["none", "enrolled", "challenged", "revoked", "condemned"] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** What an attester puts on the chain. */
export interface NewEnrolment {
  readonly point: PublicPoint;
  readonly measurement: Hash;
  /** SHA-256 of the evidence document. */
  readonly evidence: Hash;
  readonly provider: number;
  readonly kind: AttestationKind;
  /** Seconds. */
  readonly expiresAt: number;
  /** Base units of DECO. */
  readonly cover: bigint;
}

/** An enrolment as the chain has it; times in seconds, money in base units of DECO. */
export interface EnrolmentView extends Omit<NewEnrolment, "cover"> {
  readonly key: Hash;
  readonly status: KeyStatus;
  readonly live: boolean;
  readonly activatesAt: number;
  readonly endedAt: number;
  readonly attesters: readonly { readonly attester: Address; readonly cover: bigint }[];
}

/** @returns undefined when the key was never enrolled */
export async function getEnrolment(
  client: ReadingClient,
  registry: Address,
  key: Hash,
  blockNumber?: bigint,
): Promise<EnrolmentView | undefined> {
  const at = { address: registry, abi: attestationRegistryAbi } as const;
  const when = blockNumber === undefined ? {} : { blockNumber };
  const args = [key] as const;
  const [known, live, attesters] = await Promise.all([
    readContract(client, { ...at, ...when, functionName: "getKey", args }),
    readContract(client, { ...at, ...when, functionName: "isLive", args }),
    readContract(client, { ...at, ...when, functionName: "attestersOf", args }),
  ]);
  const status = KEY_STATUSES[known.status] ?? "none";
  if (status === "none") return undefined;
  const covers = await Promise.all(
    attesters.map(async (attester) => ({
      attester,
      cover: await readContract(client, {
        ...{ ...at, ...when, functionName: "coverOf", args: [key, attester] },
      }),
    })),
  );
  const { x, y, measurement, evidence, provider, activatesAt, expiresAt, endedAt } = known;
  return {
    ...{ key, status, live, measurement, evidence, provider, activatesAt, expiresAt, endedAt },
    point: { x, y },
    kind: KINDS[known.kind] ?? "tpm",
    attesters: covers,
  };
}

/** What {@link enrollKey} would do, or did. */
export interface EnrolmentResult {
  readonly key: Hash;
  /** Base units of DECO that come from the account, beside its free bond. */
  readonly bonded: bigint;
  /** Absent after a dry run. */
  readonly transaction?: Hash;
}

/**
 * Enrols a key for the client's account, which puts its bond behind it; bonds what is missing first.
 * @param options.dryRun says what would happen, and sends nothing
 * @throws AttestError `enrolment-refused`
 */
export async function enrollKey(
  client: SendingClient,
  to: Registry,
  enrolment: NewEnrolment,
  { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
): Promise<EnrolmentResult> {
  const { registry } = to;
  const { account } = client;
  const { point, kind, ...rest } = enrolment;
  const asked = { ...rest, ...point, kind: KINDS.indexOf(kind) };
  const key = await readContract(client, {
    ...{ address: registry, abi: attestationRegistryAbi, functionName: "keyIdOf" },
    args: [account.address, asked],
  });
  if ((await getEnrolment(client, registry, key)) !== undefined) {
    throw refused(`This key was enrolled before, as ${key}.`);
  }
  const bonded = await missingBond(client, registry, enrolment.cover);
  if (dryRun) return { key, bonded };
  await addBond(client, to, bonded, signal);
  const call = { functionName: "enroll", args: [asked] };
  return { key, bonded, transaction: await callRegistry(client, registry, call, signal) };
}

/** What a requester accepts; see `Acceptance` in the contracts. */
export interface Acceptance {
  readonly kinds: readonly AttestationKind[];
  readonly measurements: readonly Hash[];
  readonly attesters: readonly Address[];
  readonly minAttesters: number;
}

/**
 * Makes a statement usable as `policyData`.
 * @returns its digest
 */
export async function publishAcceptance(
  client: SendingClient,
  policy: Address,
  { kinds, measurements, attesters, minAttesters }: Acceptance,
  signal?: AbortSignal,
): Promise<Hash> {
  const ascending = <T extends Hex>(list: readonly T[]) =>
    [...new Set(list.map((each) => each.toLowerCase() as T))].sort();
  const statement = {
    kinds: kinds.reduce((bits, kind) => bits | (1 << KINDS.indexOf(kind)), 0),
    ...{ minAttesters, measurements: ascending(measurements), attesters: ascending(attesters) },
  };
  const { account } = client;
  const { request, result } = await simulateContract(client, {
    ...{ address: policy, abi: attestedPolicyAbi, functionName: "publish", args: [statement] },
    account,
  }).catch((cause: Error) => {
    throw refused(`The policy refuses: ${wordsOf(cause)}.`, cause);
  });
  await mined(client, await writeContract(client, { ...request, chain: client.chain }), signal);
  return result;
}
