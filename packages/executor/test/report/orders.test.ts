import { unpackHold } from "@deco-network/sdk";
import { createPublicClient, http, parseEther } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";

import { operatorOf } from "../../../../test/sdk/support/market-network.ts";
import {
  type OrderNetwork,
  orderFor,
  PRICE,
  proofOf,
  startOrderNetwork,
} from "../../../../test/sdk/support/orders.ts";
import { readRequests, readSeatResults } from "../../src/report/read-chain.ts";

const LOCK = parseEther("100");
/** The governed share of who does not show up. */
const LOST = LOCK / 10n;

let network: OrderNetwork;
beforeAll(async () => {
  network = await startOrderNetwork();
}, 120_000);
afterAll(async () => {
  await network?.stop();
});

/** An order that the first provider holds. */
async function held(nonce: bigint) {
  const windows = { commitWindow: 600, revealWindow: 300 };
  const request = await orderFor(network, nonce, { lock: LOCK, ...windows });
  const signature = await network.requester.signRequest({ request });
  const holder = operatorOf(network, 1);
  await holder.openReserve({ index: Number(nonce), amount: LOCK });
  return { request, ...(await holder.holdOrder({ request, signature, index: Number(nonce) })) };
}

it("a report has what held orders brought and cost: pay, bounty, and a reserve that was lost", async () => {
  const [holder, other] = [operatorOf(network, 1), operatorOf(network, 2)];
  const [proven, rescued, dropped] = [await held(0n), await held(1n), await held(2n)];
  await holder.proveHeld({ ...proven, ...(await proofOf(network, proven.request, 1)) });
  await network.passTo(unpackHold(dropped.hold).until + 1);
  await other.proveHeld({ ...rescued, ...(await proofOf(network, rescued.request, 2)) });
  await network.passTo(unpackHold(dropped.hold).until + 301);
  await network.requester.dropOrder(dropped);

  const { deployment, rpcUrl } = network.devnet;
  const client = createPublicClient({ transport: http(rpcUrl) });
  const { market, startBlock } = deployment;
  const { signal } = new AbortController();
  const range = { from: startBlock, to: Number(await client.getBlockNumber({ cacheTime: 0 })) };
  const of = (provider: number) => ({ client, market, provider, startBlock, signal });
  expect(await readSeatResults(of(1), range)).toMatchObject([
    { id: proven.taskId, outcome: "proven", paid: PRICE, lost: 0n, bounty: 0n },
    { id: rescued.taskId, outcome: "no-show", paid: 0n, lost: LOST },
    { id: dropped.taskId, outcome: "no-show", paid: 0n, lost: LOST },
  ]);
  expect(await readSeatResults(of(2), range)).toMatchObject([
    { id: rescued.taskId, outcome: "proven", paid: PRICE, lost: 0n, bounty: LOST / 2n },
  ]);
  const ids = new Set([proven.taskId, rescued.taskId, dropped.taskId]);
  const requests = await readRequests(of(1), ids);
  expect([...requests.keys()]).toEqual([...ids]);
  expect(requests.get(dropped.taskId)?.request).toEqual(dropped.request);
});
