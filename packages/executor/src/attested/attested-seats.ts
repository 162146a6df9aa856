import { readFile } from "node:fs/promises";
import {
  type EnrolledKey,
  encodeAttestedProof,
  messageOf,
  type Signer,
  softwareSigner,
  tpmSigner,
} from "@deco-network/attest";
import type { Provider, Request } from "@deco-network/sdk";
import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import type { Storage } from "@deco-network/storage";
import { type Address, type Hash, type Hex, isAddressEqual, type PublicClient, sha256 } from "viem";

import type { ExecutorConfig } from "../config/schema.ts";
import { ExecutorError } from "../errors.ts";
import { readPrivateFile } from "../identity/private-file.ts";

export type AttestedConfig = NonNullable<ExecutorConfig["attested"]>;

/** Why the own key shows nothing for a task; see reasons/catalogue.ts. */
export type AttestedNo = "key-not-live" | "key-not-accepted" | "key-cover-exceeded";

/** Tasks whose results this provider's attested key signs. */
export interface AttestedSeats {
  /** Whether a signature decides the task. */
  serves(request: Pick<Request, "policy">): boolean;
  /** Whether the policy would take the key's word for a seat taken now; undefined is yes. */
  refuse(request: Request, provider: Provider, now: number): Promise<AttestedNo | undefined>;
  /** The proof of a result. */
  prove(task: Hash, result: Hash, signal: AbortSignal): Promise<Hex>;
}

/**
 * Opens the key and finds its enrolment.
 * @throws ExecutorError `config-invalid`: the enrolment is of another key or provider; AttestError
 */
export async function openAttestedSeats(
  { policies, enrolment, evidence, key: where }: AttestedConfig,
  client: PublicClient,
  provider: number,
  storage: Storage,
): Promise<AttestedSeats> {
  const signer = await openSigner(where);
  const [policy] = policies as [Address];
  const registry = { address: await registryOf(client, policy), abi: attestationRegistryAbi };
  const known = await client.readContract({
    ...{ ...registry, functionName: "getKey", args: [enrolment] },
  });
  const { x, y } = signer.point;
  if (known.x !== x || known.y !== y || known.provider !== provider) {
    throw new ExecutorError(
      "config-invalid",
      "attested.enrolment is not of this key and provider.",
      {
        remedy:
          "See what it stands for with deco attest show, and enrol the key that attested.key names.",
      },
    );
  }
  if (evidence !== undefined) {
    const document = await readFile(evidence);
    if (sha256(document) !== known.evidence) {
      throw new ExecutorError("config-invalid", "attested.evidence is not what was enrolled.", {
        remedy: "Give the very file that the attester verified.",
      });
    }
    await storage.addDocument(document, { visibility: "public" });
  }
  const key: EnrolledKey = { id: enrolment, measurement: known.measurement };
  return {
    serves: ({ policy: asked }) => policies.some((one) => isAddressEqual(one, asked)),
    async refuse(request, { stake, free }, now) {
      const of = { address: request.policy, abi: attestedPolicyAbi } as const;
      const [live, itsRegistry, acceptance, [cover, attesters]] = await Promise.all([
        client.readContract({ ...registry, functionName: "isLive", args: [key.id] }),
        registryOf(client, request.policy),
        client.readContract({ ...of, functionName: "getAcceptance", args: [request.policyData] }),
        client.readContract({ ...of, functionName: "coverOf", args: [request.policyData, key.id] }),
      ]);
      // The proof comes at the end of the commit window at the latest.
      const until = now + request.claimWindow + request.commitWindow;
      if (!live || until >= known.expiresAt) return "key-not-live";
      const accepted =
        isAddressEqual(itsRegistry, registry.address) &&
        (acceptance.kinds & (1 << known.kind)) !== 0 &&
        acceptance.measurements.includes(key.measurement) &&
        attesters >= BigInt(acceptance.minAttesters);
      if (!accepted) return "key-not-accepted";
      const locked = stake.active - free;
      return locked + request.lock > cover ? "key-cover-exceeded" : undefined;
    },
    async prove(task, result, signal) {
      const environment = key.measurement;
      const signature = await signer.sign(messageOf({ task, result, environment }), signal);
      return encodeAttestedProof({ key: key.id, environment, ...signature });
    },
  };
}

async function openSigner(where: AttestedConfig["key"]): Promise<Signer> {
  return "file" in where
    ? softwareSigner(await readPrivateFile(where.file))
    : await tpmSigner(where.tpmFolder);
}

async function registryOf(client: PublicClient, policy: Address): Promise<Address> {
  return await client.readContract({
    ...{ address: policy, abi: attestedPolicyAbi, functionName: "registry" },
  });
}
