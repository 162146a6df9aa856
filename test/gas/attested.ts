import {
  encodeAttestedProof,
  enrollKey,
  messageOf,
  newSoftwareKey,
  publishAcceptance,
  type Signer,
  softwareSigner,
} from "@deco-network/attest";
import { deployAttested } from "@deco-network/devnet";
import {
  bodyHashOf,
  documentDigest,
  encodeDocument,
  resultSchema,
  seatTermsOf,
  taskIdOf,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import {
  type Address,
  createWalletClient,
  type Hash,
  http,
  keccak256,
  parseEther,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { requestOf, type Steps } from "./lifecycle.ts";
import type { GasNetwork } from "./network.ts";

const MILLIS = 60_000;
/** Above all that the provider will have locked. */
const COVER = parseEther("5000");
/** The activation delay of local registries, and a bit. */
const ACTIVATION = 10;
const MEASUREMENT = keccak256("0xe1");
const RESULT = documentDigest(encodeDocument(resultSchema, { deco: "result/1", exitCode: 0 }));

/** What attested tasks need on a network: the policy, a live key of the first provider, what requests accept. */
export interface AttestedNetwork {
  readonly policy: Address;
  readonly policyData: Hash;
  readonly key: Hash;
  readonly signer: Signer;
}

/** Deploys registry and policy, and enrols a key for the first provider with one attester behind it. */
export async function prepareAttested({
  client,
  devnet,
  token,
  pass,
}: GasNetwork): Promise<AttestedNetwork> {
  const signal = AbortSignal.timeout(MILLIS);
  const { policy, registry } = await deployAttested(devnet.deployment, signal);
  const account = privateKeyToAccount(devnet.deployer.privateKey);
  const transport = http(devnet.rpcUrl);
  const attester = createWalletClient({ account, chain: foundry, transport });
  const signer = softwareSigner(newSoftwareKey());
  const { timestamp } = await client.getBlock();
  const { key } = await enrollKey(
    attester,
    { registry, token },
    {
      ...{ point: signer.point, measurement: MEASUREMENT, evidence: keccak256("0xe2") },
      ...{ provider: 1, kind: "tpm", cover: COVER, expiresAt: Number(timestamp) + 30 * 86_400 },
    },
    { signal },
  );
  const accepted = {
    ...({ kinds: ["tpm"], measurements: [MEASUREMENT] } as const),
    ...{ attesters: [account.address], minAttesters: 1 },
  };
  const policyData = await publishAcceptance(attester, policy, accepted, signal);
  await pass(ACTIVATION);
  return { policy, policyData, key, signer };
}

/**
 * A task with a seat by open sortition: posted, claimed before the program runs, and settled by the signature. Folded tasks have no
 * seat on the chain, at which the policy looks; they are unfolded first.
 */
export async function attestedClaimed(
  network: GasNetwork,
  attested: AttestedNetwork,
  nonce: bigint,
): Promise<Steps> {
  const { market, requester, gasOf, pass } = network;
  const [holder] = network.operators;
  if (!holder) throw new RangeError("The network has no provider.");
  const { request, taskId } = await asked(network, attested, nonce);
  const target = { address: market, abi: decoMarketAbi } as const;
  const posted = await requester.writeContract({
    ...{ ...target, functionName: "post", args: [request] },
  });
  const post = { step: "post", gas: await gasOf(posted) };
  // k = 4.5: with equal stakes every ticket is drawn.
  await pass((3 * request.claimWindow) / 4);
  const claimed = await holder.writeContract({
    ...{ ...target, functionName: "claim", args: [seatTermsOf(request), bodyHashOf(request), 1] },
  });
  const claim = { step: "claim", gas: await gasOf(claimed) };
  const { opening, proof } = await showing(attested, taskId);
  const settled = await holder.writeContract({
    ...{ ...target, functionName: "prove", args: [request, [1], opening, proof] },
  });
  return [post, claim, { step: "sign and settle", gas: await gasOf(settled) }];
}

async function asked(network: GasNetwork, { policy, policyData }: AttestedNetwork, nonce: bigint) {
  const { client, market, pass } = network;
  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = {
    ...requestOf(network, 1, nonce, Number(timestamp) + 3_600),
    ...{ replicas: 1, maxReplicas: 1, minAgreeing: 1, policy, policyData },
  };
  return { request, taskId: taskIdOf({ chainId: client.chain.id, market }, request) };
}

/** The opening of a result, and the key's signature of it. */
async function showing({ key, signer }: AttestedNetwork, task: Hash) {
  const environment = MEASUREMENT;
  const message = messageOf({ task, result: RESULT, environment });
  const signature = await signer.sign(message, AbortSignal.timeout(MILLIS));
  return {
    opening: { digest: RESULT, root: zeroHash, document: "0x" } as const,
    proof: encodeAttestedProof({ key, environment, ...signature }),
  };
}
