import { encodeMatch, requestTypedData, taskIdOf, taskOfferTypedData } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { parseEther } from "viem";

import { type Note, requestOf, type Steps, vote } from "./lifecycle.ts";
import type { GasNetwork } from "./network.ts";

/** On the ramp, and on none of its steps. */
const PRICE = parseEther("1.234567");

/**
 * One task by its allocator: it opens the requester's signed request and seats providers by their task
 * offers in one transaction; they commit; reveals and settlement are relayed in one.
 * @param replicas seats of the round, by the first of the network's providers
 * @param nonce makes the task a fresh one
 */
export async function assigned(
  network: GasNetwork,
  replicas: number,
  nonce: bigint,
): Promise<Steps> {
  const { client, market, requester, allocator, gasOf, pass } = network;
  const steps: { step: string; gas: bigint }[] = [];
  const record: Note = async (step, hash) => {
    steps.push({ step, gas: await gasOf(await hash) });
  };
  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = {
    ...requestOf(network, 1, nonce, Number(timestamp) + 3_600),
    ...{ replicas, maxReplicas: 2 * replicas },
    ...{ allocator: allocator.account.address, allocatorWindow: 60 },
  };
  const domain = { chainId: client.chain.id, market };
  const taskId = taskIdOf(domain, request);
  const voters = network.operators.slice(0, replicas);
  const taskSeats = await Promise.all(
    voters.map(async ({ account }, index) => {
      const terms = { taskId, provider: index + 1, price: PRICE, epoch: 0 };
      const offer = { ...terms, expiry: Number(timestamp) + 600 };
      return { offer, signature: await account.signTypedData(taskOfferTypedData(domain, offer)) };
    }),
  );
  const signature = await requester.account.signTypedData(requestTypedData(domain, request));
  await record(
    "open and assign",
    allocator.writeContract({
      ...{ address: market, abi: decoMarketAbi, functionName: "openAndAssign" },
      args: [encodeMatch({ request, signature, taskSeats })],
    }),
  );
  await vote(network, request, voters, record);
  return steps;
}
