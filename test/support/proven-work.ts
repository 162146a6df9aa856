import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Devnet } from "@deco-network/devnet";
import {
  commitmentsOf,
  commitmentText,
  encodeProof,
  prove,
  provenResult,
  splitInput,
} from "@deco-network/proofs";
import {
  documentDigest,
  encodeDocument,
  inputSchema,
  type MarketDomain,
  type Opening,
} from "@deco-network/sdk";
import { type Address, type Hash, type Hex, zeroHash } from "viem";

import { projectRoot } from "../../scripts/lib/project.ts";
import { deployZkPolicy, type PreparedCircuit, prepareCircuit } from "./zk-policy.ts";

const LIMITS = { wallMillis: 120_000, memoryBytes: 2 ** 30 };
const WITNESS = { n: "5", salt: "123456789012345678901234567890" };

/** What tasks of a circuit need on a network: the policy, the circuit, the input's document. */
export interface ProvenWork {
  readonly policy: Address;
  readonly circuit: PreparedCircuit;
  readonly document: Uint8Array;
}

/** Deploys the policy with the published Groth16 circuit, and makes an input that commits to a witness. */
export async function prepareProven(devnet: Devnet): Promise<ProvenWork> {
  await mkdir(join(projectRoot, "cache"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "cache", "proven-work-"));
  try {
    const circuit = await prepareCircuit("sum-of-squares", folder);
    const policy = await deployZkPolicy(devnet, [circuit.key]);
    const until = AbortSignal.timeout(LIMITS.wallMillis);
    const { input } = await commitmentsOf(circuit.files, WITNESS, LIMITS, until);
    const commitment = commitmentText(input);
    return {
      policy,
      circuit,
      document: encodeDocument(inputSchema, { deco: "input/1", commitment }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A genuine proof by a provider, and the opening of the result that it shows. */
export async function showProof(
  domain: MarketDomain,
  { circuit, document }: ProvenWork,
  taskId: Hash,
  provider = 1,
): Promise<{ readonly opening: Opening; readonly proof: Hex }> {
  const binding = { taskId, provider, ...domain };
  const until = AbortSignal.timeout(LIMITS.wallMillis);
  const made = await prove(circuit.files, WITNESS, binding, LIMITS, until);
  const digest = documentDigest(provenResult(made.output));
  return {
    opening: { digest, root: zeroHash, document: "0x" },
    proof: encodeProof(circuit.key.system, made, splitInput(document).rest),
  };
}
