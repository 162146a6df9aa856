import {
  bagResultOf,
  bodyHashOf,
  commitmentOf,
  commitmentTypedData,
  compactSignature,
  type Request,
  seatTermsOf,
  tagOf,
  taskIdOf,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { type Hex, keccak256, parseEther, toBytes, zeroAddress, zeroHash } from "viem";

import type { GasNetwork } from "./network.ts";

const RESULT = keccak256(toBytes("an agreed result"));
const ROOT = keccak256(toBytes("a root"));

/** Gas of one task by transaction, in order. */
export type Steps = ReadonlyArray<{ readonly step: string; readonly gas: bigint }>;

/**
 * One task by open sortition from post to settlement, three replicas that agree; reveals and
 * settlement relayed in one transaction by one of them, and the commitments too where `relayed`.
 * @param volume items in the bag, 1 for a single run
 * @param nonce makes the task a fresh one
 */
export async function openSortition3(
  network: GasNetwork,
  volume: number,
  nonce: bigint,
  relayed: boolean,
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
  const seat = [seatTermsOf(request), bodyHashOf(request)] as const;
  // k = 1.5: with equal stakes every ticket is drawn, and the seats are early.
  await pass(request.claimWindow / 4);
  for (const [index, operator] of operators.entries()) {
    const call = { ...target, functionName: "claim", args: [...seat, index + 1] } as const;
    await record("claim", operator.writeContract(call));
  }
  await vote(network, request, operators, relayed, record);
  return steps;
}

/** Notes the gas of a transaction under a name. */
export type Note = (step: string, hash: Promise<Hex>) => Promise<void>;

/** What providers 1, 2, … commit to when they agree, and what opens it. */
export function ballotsOf({ volume, nonce }: Request, taskId: Hex, count: number) {
  const bag = volume > 1;
  const opening = { digest: RESULT, root: bag ? ROOT : zeroHash, document: "0x" } as const;
  const tag = tagOf(taskId, 1, bag ? bagResultOf(ROOT, RESULT) : RESULT);
  const seats = Array.from({ length: count }, (_, index) => {
    const salt = keccak256(toBytes(`salt ${index} of ${nonce}`));
    const seat = { taskId, round: 1, provider: index + 1, tag, salt };
    return { provider: seat.provider, salt, commitment: commitmentOf(seat) };
  });
  return { opening, seats };
}

/** Commitments, relayed in one transaction or each provider's own, then reveals and settlement in one of the first provider's. */
async function vote(
  { client, market }: GasNetwork,
  request: Request,
  voters: GasNetwork["operators"],
  relayed: boolean,
  record: Note,
): Promise<void> {
  const target = { address: market, abi: decoMarketAbi } as const;
  const domain = { chainId: client.chain.id, market };
  const taskId = taskIdOf(domain, request);
  const { opening, seats } = ballotsOf(request, taskId, voters.length);
  const relayer = voters[0] as (typeof voters)[number];
  if (relayed) {
    const items = await Promise.all(
      seats.map(async ({ provider, commitment }, index) => {
        const { account } = voters[index] as (typeof voters)[number];
        const data = commitmentTypedData(domain, { taskId, round: 1, commitment });
        const signature = await account.signTypedData(data);
        return { taskId, provider, commitment, ...compactSignature(signature) };
      }),
    );
    const call = { ...target, functionName: "commitSigned", args: [items] } as const;
    await record("all commitments", relayer.writeContract(call));
  } else {
    for (const [index, { commitment }] of seats.entries()) {
      const operator = voters[index] as (typeof voters)[number];
      const call = { ...target, functionName: "commit", args: [taskId, commitment] } as const;
      await record("commit", operator.writeContract(call));
    }
  }
  await record(
    "reveal and settle",
    relayer.writeContract({
      ...{ ...target, functionName: "settleAgreed" },
      args: [
        request,
        seats.map(({ provider }) => provider),
        opening,
        seats.map(({ salt }) => salt),
      ],
    }),
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
