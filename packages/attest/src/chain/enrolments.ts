import { waitForReceipt } from "@deco-network/sdk";
import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import {
  type Account,
  type Address,
  type Chain,
  type Client,
  type Hash,
  type Hex,
  maxUint256,
  type Transport,
} from "viem";
import { readContract, simulateContract, writeContract } from "viem/actions";

import { AttestError } from "../errors.ts";
import { type AttestationKind, KINDS, type PublicPoint } from "../evidence.ts";

/** In the order of `KeyStatus` in the contracts. */
export const KEY_STATUSES = ["none", "enrolled", "challenged", "revoked", "condemned"] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** A client that sends for an account. */
export type SendingClient = Client<Transport, Chain | undefined, Account>;
export type ReadingClient = Client<Transport, Chain | undefined, Account | undefined>;

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
  { registry, token }: { readonly registry: Address; readonly token: Address },
  enrolment: NewEnrolment,
  { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
): Promise<EnrolmentResult> {
  const at = { address: registry, abi: attestationRegistryAbi } as const;
  const { account } = client;
  const { point, kind, ...rest } = enrolment;
  const asked = { ...rest, ...point, kind: KINDS.indexOf(kind) };
  const [key, free] = await Promise.all([
    readContract(client, { ...at, functionName: "keyIdOf", args: [account.address, asked] }),
    readContract(client, { ...at, functionName: "bondOf", args: [account.address] }),
  ]);
  if ((await getEnrolment(client, registry, key)) !== undefined) {
    throw refused(`This key was enrolled before, as ${key}.`);
  }
  const bonded = enrolment.cover > free ? enrolment.cover - free : 0n;
  if (dryRun) return { key, bonded };
  if (bonded > 0n) {
    const owned = { address: token, abi: decoTokenAbi } as const;
    const allowed = await readContract(client, {
      ...{ ...owned, functionName: "allowance", args: [account.address, registry] },
    });
    if (allowed < bonded) {
      await mined(
        client,
        await writeContract(client, {
          ...{ ...owned, functionName: "approve", args: [registry, maxUint256] },
          ...{ account, chain: client.chain },
        }),
        signal,
      );
    }
    await mined(
      client,
      await writeContract(client, {
        ...{ ...at, functionName: "bond", args: [bonded] },
        ...{ account, chain: client.chain },
      }),
      signal,
    );
  }
  const { request } = await simulateContract(client, {
    ...{ ...at, functionName: "enroll", args: [asked], account },
  }).catch((cause: Error) => {
    throw refused(
      `The registry refuses: ${cause.message.split("\n").slice(0, 3).join(" ")}`,
      cause,
    );
  });
  const transaction = await writeContract(client, { ...request, chain: client.chain });
  await mined(client, transaction, signal);
  return { key, bonded, transaction };
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
    throw refused(`The policy refuses: ${cause.message.split("\n").slice(0, 3).join(" ")}`, cause);
  });
  await mined(client, await writeContract(client, { ...request, chain: client.chain }), signal);
  return result;
}

async function mined(client: ReadingClient, hash: Hash, signal?: AbortSignal): Promise<void> {
  const receipt = await waitForReceipt(client, { hash, ...(signal && { signal }) });
  if (receipt.status !== "success") throw refused(`The transaction ${hash} reverted.`);
}

function refused(why: string, cause?: unknown): AttestError {
  return new AttestError(
    "enrolment-refused",
    why,
    "See the terms of the registry with deco attest show, and the account's DECO.",
    cause,
  );
}
