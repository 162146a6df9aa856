import { bodyHashOf, type Request, seatTermsOf } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import {
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEther,
  toBytes,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";

import type { GasNetwork } from "./network.ts";

const RESULT = keccak256(toBytes("an agreed result"));
const ROOT = keccak256(toBytes("a root"));

/** Gas of one task by transaction, in order. */
export type Steps = ReadonlyArray<{ readonly step: string; readonly gas: bigint }>;

/**
 * One task by open sortition from post to settlement, three replicas that agree; reveals and
 * settlement relayed in one transaction by one of them.
 * @param volume items in the bag, 1 for a single run
 * @param nonce makes the task a fresh one
 */
export async function openSortition3(
  network: GasNetwork,
  volume: number,
  nonce: bigint,
): Promise<Steps> {
  const { client, market, requester, operators, gasOf, pass } = network;
  const target = { address: market, abi: decoMarketAbi } as const;
  const steps: { step: string; gas: bigint }[] = [];
  const record: Note = async (step, hash) => {
    steps.push({ step, gas: await gasOf(await hash) });
  };

  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = requestOf(network, volume, nonce, Number(timestamp) + 3_600);
  await record(
    "post",
    requester.writeContract({ ...target, functionName: "post", args: [request] }),
  );
  const seat = [bodyHashOf(request), seatTermsOf(request)] as const;
  // k = 1.5: with equal stakes every ticket is drawn, and the seats are early.
  await pass(request.claimWindow / 4);
  for (const operator of operators) {
    await record("claim", operator.writeContract({ ...target, functionName: "claim", args: seat }));
  }
  await vote(network, request, operators, record);
  return steps;
}

/** Notes the gas of a transaction under a name. */
export type Note = (step: string, hash: Promise<Hex>) => Promise<void>;

/** Commitments of providers 1, 2, … that agree, then reveals and settlement in one transaction of the first. */
export async function vote(
  { client, market }: GasNetwork,
  request: Request,
  voters: GasNetwork["operators"],
  record: Note,
): Promise<void> {
  const target = { address: market, abi: decoMarketAbi } as const;
  const { volume, nonce } = request;
  const taskId = await client.readContract({
    ...target,
    functionName: "hashRequest",
    args: [request],
  });
  const opening = {
    digest: RESULT,
    root: volume > 1 ? ROOT : zeroHash,
    document: "0x",
  } as const;
  const result = volume > 1 ? keccak256(encodeAbiParameters(words(2), [ROOT, RESULT])) : RESULT;
  const tag = keccak256(
    encodeAbiParameters(words(4), [domain("tag"), taskId, toHex(1, { size: 32 }), result]),
  );
  const reveals = voters.map((_, index) => ({
    ...{ taskId, provider: index + 1, tag },
    salt: keccak256(toBytes(`salt ${index} of ${nonce}`)),
  }));
  for (const [index, operator] of voters.entries()) {
    const { provider, salt } = reveals[index] as (typeof reveals)[number];
    const id = toHex(provider, { size: 32 });
    const commitment = keccak256(
      encodeAbiParameters(words(6), [
        ...[domain("commitment"), taskId, toHex(1, { size: 32 }), id, tag, salt],
      ] as [Hex, Hex, Hex, Hex, Hex, Hex]),
    );
    await record(
      "commit",
      operator.writeContract({ ...target, functionName: "commit", args: [taskId, commitment] }),
    );
  }
  const relayer = voters[0] as (typeof voters)[number];
  const calls = [
    encodeFunctionData({ ...target, functionName: "reveal", args: [reveals] }),
    encodeFunctionData({
      ...target,
      functionName: "settle",
      args: [request, reveals.map(({ provider }) => provider), opening],
    }),
  ];
  await record(
    "reveal and settle",
    relayer.writeContract({ ...target, functionName: "multicall", args: [calls] }),
  );
}

/** A request of three replicas, paid in DECO. */
export function requestOf(
  network: GasNetwork,
  volume: number,
  nonce: bigint,
  expiry: number,
): Request {
  return {
    requester: network.requester.account.address,
    ...{ nonce, expiry, volume, token: network.token },
    program: keccak256(toBytes("a program")),
    input: keccak256(toBytes("an input")),
    ...{ minPrice: parseEther("1"), maxPrice: parseEther("2"), rampSeconds: 60 },
    ...{ settlementFee: parseEther("0.1"), lock: parseEther("100"), dissentBps: 10_000 },
    ...{ replicas: 3, maxReplicas: 6, thresholdBps: 6_000 },
    ...{ minAgreeing: 2, minTrust: 10, minWeight: 0 },
    ...{ claimWindow: 60, commitWindow: 60, revealWindow: 30 },
    ...{ challengeWindow: 0, deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
    ...{ policy: zeroAddress, policyData: zeroHash, allocator: zeroAddress, allocatorWindow: 0 },
    ...{ callback: zeroAddress, callbackGas: 0 },
    ...{ programOwner: zeroAddress, programBps: 0, dataOwner: zeroAddress, dataBps: 0 },
  };
}

function domain(name: "tag" | "commitment"): Hex {
  return keccak256(toBytes(`deco.${name}.v1`));
}

function words<const N extends number>(count: N) {
  return Array.from({ length: count }, () => ({ type: "bytes32" as const }));
}
