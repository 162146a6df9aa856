import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  commitmentsOf,
  commitmentText,
  encodeProof,
  prove,
  provenResult,
  splitInput,
} from "@deco-network/proofs";
import {
  bodyHashOf,
  documentDigest,
  encodeDocument,
  encodeMatch,
  inputSchema,
  type Request,
  requestTypedData,
  seatTermsOf,
  taskIdOf,
  taskOfferTypedData,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { type Address, encodeFunctionData, type Hash, type Hex, parseEther, zeroHash } from "viem";

import { projectRoot } from "../../scripts/lib/project.ts";
import { deployZkPolicy, type PreparedCircuit, prepareCircuit } from "../support/zk-policy.ts";
import { foldOf } from "./assigned.ts";
import { requestOf, type Steps } from "./lifecycle.ts";
import type { GasNetwork } from "./network.ts";

const LIMITS = { wallMillis: 120_000, memoryBytes: 2 ** 30 };
const WITNESS = { n: "5", salt: "123456789012345678901234567890" };

/** What tasks of a circuit need on a network: the policy, the circuit, the input's document. */
export interface ProvenNetwork {
  readonly policy: Address;
  readonly circuit: PreparedCircuit;
  readonly document: Uint8Array;
}

/** Deploys the policy with the published Groth16 circuit, and makes an input that commits to a witness. */
export async function prepareProven(network: GasNetwork): Promise<ProvenNetwork> {
  await mkdir(join(projectRoot, "cache"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "cache", "gas-circuit-"));
  try {
    const circuit = await prepareCircuit("sum-of-squares", folder);
    const policy = await deployZkPolicy(network.devnet, [circuit.key]);
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

/** A task with a held seat: its allocator opens it and gives the seat in one transaction, the holder proves in another. */
export async function provenHeld(
  network: GasNetwork,
  proven: ProvenNetwork,
  nonce: bigint,
): Promise<Steps> {
  const { client, market, allocator, requester, gasOf } = network;
  const [holder] = network.operators;
  if (!holder) throw new RangeError("The network has no provider.");
  const { request, taskId, timestamp } = await asked(network, proven, nonce, {
    ...{ replicas: 1, maxReplicas: 1 },
    ...{ allocator: allocator.account.address, allocatorWindow: 60 },
  });
  const domain = { chainId: client.chain.id, market };
  const price = parseEther("1.234567");
  const offer = { taskId, provider: 1, price, epoch: 0, expiry: Number(timestamp) + 600 };
  const consent = await holder.account.signTypedData(taskOfferTypedData(domain, offer));
  const signature = await requester.account.signTypedData(requestTypedData(domain, request));
  const taskSeats = [{ offer, signature: consent }];
  const target = { address: market, abi: decoMarketAbi } as const;
  const opened = await allocator.writeContract({
    ...{ ...target, functionName: "openAndFold" },
    args: [encodeMatch({ request, signature, taskSeats })],
  });
  const open = { step: "open, seat assigned", gas: await gasOf(opened) };
  const fold = await foldOf(network, opened);
  const shown = await showing(network, proven, taskId);
  const settled = await holder.writeContract({
    ...{ ...target, functionName: "proveFolded" },
    args: [request, fold, shown.opening, shown.proof],
  });
  return [open, { step: "prove and settle", gas: await gasOf(settled) }];
}

/** A task with a seat by open sortition, which a provider that was drawn takes when its proof is ready: one transaction claims and proves. */
export async function provenOnClaim(
  network: GasNetwork,
  proven: ProvenNetwork,
  nonce: bigint,
): Promise<Steps> {
  const { market, requester, gasOf, pass } = network;
  const [prover] = network.operators;
  if (!prover) throw new RangeError("The network has no provider.");
  const { request, taskId } = await asked(network, proven, nonce, {
    ...{ replicas: 1, maxReplicas: 1 },
  });
  const target = { address: market, abi: decoMarketAbi } as const;
  const posted = await requester.writeContract({
    ...{ ...target, functionName: "post", args: [request] },
  });
  const post = { step: "post", gas: await gasOf(posted) };
  const { opening, proof } = await showing(network, proven, taskId);
  // k = 4.5: with equal stakes every ticket is drawn.
  await pass((3 * request.claimWindow) / 4);
  const { abi } = target;
  const claim = [seatTermsOf(request), bodyHashOf(request), 1] as const;
  const calls = [
    encodeFunctionData({ abi, functionName: "claim", args: claim }),
    encodeFunctionData({ abi, functionName: "prove", args: [request, [1], opening, proof] }),
  ];
  const hash = await prover.writeContract({ ...target, functionName: "multicall", args: [calls] });
  return [post, { step: "claim, prove, settle", gas: await gasOf(hash) }];
}

/**
 * Tasks without a seat: whoever proves opens the signed request by the same call.
 * @param nonce of the first; the others follow
 */
export async function provenOneShot(
  network: GasNetwork,
  proven: ProvenNetwork,
  nonce: bigint,
  count = 1,
): Promise<Steps> {
  const { market, requester, gasOf } = network;
  const [prover] = network.operators;
  if (!prover) throw new RangeError("The network has no provider.");
  const domain = { chainId: network.client.chain.id, market };
  const calls: Hex[] = [];
  for (let index = 0; index < count; index++) {
    const seatless = { replicas: 0, maxReplicas: 0 };
    const { request, taskId } = await asked(network, proven, nonce + BigInt(index), seatless);
    const signature = await requester.account.signTypedData(requestTypedData(domain, request));
    const { opening, proof } = await showing(network, proven, taskId);
    calls.push(
      encodeFunctionData({
        ...{ abi: decoMarketAbi, functionName: "openAndProve" },
        args: [request, signature, opening, proof],
      }),
    );
  }
  const [only, ...more] = calls;
  if (only === undefined) throw new RangeError("Nothing is asked for.");
  const batch = () =>
    encodeFunctionData({ abi: decoMarketAbi, functionName: "multicall", args: [calls] });
  const data = more.length === 0 ? only : batch();
  const hash = await prover.sendTransaction({ to: market, data });
  return [{ step: "open, prove, settle", gas: await gasOf(hash) }];
}

async function asked(
  network: GasNetwork,
  { policy, circuit, document }: ProvenNetwork,
  nonce: bigint,
  seats: Partial<Request>,
) {
  const { client, market, pass } = network;
  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = {
    ...requestOf(network, 1, nonce, Number(timestamp) + 3_600),
    ...{ minAgreeing: 1, policy, policyData: circuit.id, input: documentDigest(document) },
    ...seats,
  };
  const taskId = taskIdOf({ chainId: client.chain.id, market }, request);
  return { request, taskId, timestamp };
}

/** A genuine proof by the first provider, and the opening of the result that it shows. */
async function showing(
  { client, market }: GasNetwork,
  { circuit, document }: ProvenNetwork,
  taskId: Hash,
) {
  const binding = { taskId, provider: 1, chainId: client.chain.id, market };
  const until = AbortSignal.timeout(LIMITS.wallMillis);
  const made = await prove(circuit.files, WITNESS, binding, LIMITS, until);
  const digest = documentDigest(provenResult(made.output));
  return {
    opening: { digest, root: zeroHash, document: "0x" } as const,
    proof: encodeProof(circuit.key.system, made, splitInput(document).rest),
  };
}
