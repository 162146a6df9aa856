import {
  commitmentTypedData,
  committedFold,
  compactSignature,
  encodeMatch,
  eventsNamed,
  parseMarketLogs,
  requestTypedData,
  taskIdOf,
  taskOfferTypedData,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { type Hash, parseEther } from "viem";

import { ballotsOf, type Note, requestOf, type Steps } from "./lifecycle.ts";
import type { GasNetwork } from "./network.ts";

/** On the ramp, and on none of its steps. */
const PRICE = parseEther("1.234567");

/**
 * One task by its allocator: it opens the requester's signed request and seats providers by their task
 * offers in one transaction, folded; relays their commitments in one; then reveals and settlement in one.
 * @param replicas seats of the round, by the first of the network's providers
 * @param nonce makes the task a fresh one
 * @param volume items in the bag, 1 for a single run
 */
export async function assigned(
  network: GasNetwork,
  replicas: number,
  nonce: bigint,
  volume = 1,
): Promise<Steps> {
  const { client, market, requester, allocator, gasOf, pass } = network;
  const steps: { step: string; gas: bigint }[] = [];
  const record: Note = async (step, hash) => {
    steps.push({ step, gas: await gasOf(await hash) });
  };
  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = {
    ...requestOf(network, volume, nonce, Number(timestamp) + 3_600),
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
  const target = { address: market, abi: decoMarketAbi } as const;
  const opened = allocator.writeContract({
    ...{ ...target, functionName: "openAndFold" },
    args: [encodeMatch({ request, signature, taskSeats })],
  });
  await record("open, all seats assigned", opened);
  const unvoted = await foldOf(network, await opened);

  const ballots = ballotsOf(request, taskId, voters.length);
  const sealed = await Promise.all(
    voters.map(async ({ account }, index) => {
      const { commitment } = ballots.seats[index] as (typeof ballots.seats)[number];
      const message = { taskId, round: 1, commitment };
      const signed = await account.signTypedData(commitmentTypedData(domain, message));
      return { commitment, ...compactSignature(signed) };
    }),
  );
  const committed = allocator.writeContract({
    ...{ ...target, functionName: "commitFolded" },
    args: [taskId, unvoted, sealed],
  });
  await record("all commitments", committed);
  const { blockNumber } = await client.getTransactionReceipt({ hash: await committed });
  const at = (await client.getBlock({ blockNumber })).timestamp;
  const commitments = sealed.map(({ commitment }) => commitment);
  const fold = committedFold(unvoted, commitments, Number(at));
  await record(
    "reveal and settle",
    allocator.writeContract({
      ...{ ...target, functionName: "settleFolded" },
      args: [
        request,
        { ...unvoted, task: fold.task, seats: fold.seats },
        ballots.opening,
        ballots.seats.map(({ salt }) => salt),
      ],
    }),
  );
  return steps;
}

/** What the transaction that opened a task folded told of it. */
export async function foldOf({ client, market }: GasNetwork, hash: Hash) {
  const { logs } = await client.getTransactionReceipt({ hash });
  const [folded] = eventsNamed(parseMarketLogs(market, logs), "TaskFolded");
  if (folded === undefined) throw new RangeError("The task was not folded.");
  const { task, terms, roster, seats } = folded.args;
  return { task, terms, roster, seats };
}
