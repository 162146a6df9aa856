import { auditTask } from "@deco-network/audit";
import { documentDigest, isOrder, orderRequest, type Request, taskIdOf } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { createPublicClient, encodeFunctionData, http, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProvenWork, prepareProven, showProof } from "../support/proven-work.ts";
import { codeOf } from "./support/code-of.ts";
import {
  digestOf,
  type MarketNetwork,
  operatorOf,
  requestFor,
  startMarketNetwork,
} from "./support/market-network.ts";

const PRICE = parseEther("1.234567");
const OWNER = "0x00000000000000000000000000000000000a0701";

let network: MarketNetwork;
let work: ProvenWork;

beforeAll(async () => {
  network = await startMarketNetwork(2);
  work = await prepareProven(network.devnet);
  const { token } = network.devnet.addresses;
  await network.requester.deposit({ token, amount: parseEther("100") });
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

const domain = () => network.devnet.deployment;
const prover = () => operatorOf(network, 1);
const balance = () =>
  network.reader.getMarketBalance({
    ...{ token: domain().token, account: network.requester.address },
  });

const pendingBurn = () =>
  network.client.request({
    method: "eth_call",
    params: [
      {
        to: domain().market,
        data: encodeFunctionData({ abi: decoMarketAbi, functionName: "pendingBurn" }),
      },
      "latest",
    ],
  });

async function order(nonce: bigint): Promise<Request> {
  return orderRequest({
    ...{ requester: network.requester.address, nonce, expiry: (await network.now()) + 3_600 },
    ...{
      program: digestOf("a circuit's program"),
      input: documentDigest(work.document),
      volume: 1,
    },
    ...{ token: domain().token, price: PRICE, policy: work.policy, policyData: work.circuit.id },
    ...{ programOwner: OWNER, programBps: 500 },
  });
}

async function filling(request: Request, provider = 1) {
  const taskId = taskIdOf(domain(), request);
  const signature = await network.requester.signRequest({ request });
  return { request, signature, ...(await showProof(domain(), work, taskId, provider)) };
}

async function audit(taskId: `0x${string}`) {
  const { market, startBlock, rpcUrl } = domain();
  const client = createPublicClient({ transport: http(rpcUrl) });
  const missing = async () => expect.unreachable("no content is asked for");
  const content = { getDocument: missing, readFile: missing };
  const report = await auditTask(
    { ...{ client, market, content }, startBlock: BigInt(startBlock) },
    taskId,
  );
  return report.checks.filter(({ subject }) => subject !== "content");
}

describe("an order", () => {
  let request: Request;

  test("is filled by a genuine proof: the price goes to the prover, and nothing is held or burned", async () => {
    request = await order(
      await network.reader.getOrderNonce({ requester: network.requester.address }),
    );
    expect(isOrder(request)).toBe(true);
    const before = await balance();
    const burned = await pendingBurn();
    const done = await prover().proveOrder(await filling(request));
    expect(done).toMatchObject({ taskId: taskIdOf(domain(), request), paid: PRICE, bounty: 0n });
    expect(before - (await balance())).toBe(PRICE + (PRICE * 5n) / 100n);
    const { token } = domain();
    expect(await network.reader.getEarnings({ token, provider: 1 })).toBe(PRICE);
    expect(await network.reader.getMarketBalance({ token, account: OWNER })).toBe(PRICE / 20n);
    expect(await pendingBurn()).toBe(burned);
  });

  test("is listed and read as a task that settled, though the market keeps its nonce alone", async () => {
    const taskId = taskIdOf(domain(), request);
    const { requester } = request;
    expect(await network.reader.listTasks({ requester })).toMatchObject([{ taskId, request }]);
    expect(await network.reader.listTasks({ program: request.program })).toHaveLength(1);
    expect(await network.reader.getOrder({ taskId })).toMatchObject({
      ...{ taskId, status: "settled", proven: true, bag: false, agreeing: 0 },
    });
    expect(await codeOf(network.reader.getTask({ taskId }))).toBe("UnknownTask");
    expect(await network.reader.getOrderNonce({ requester })).toBe(1n);
    expect(await network.reader.getOrder({ taskId: digestOf("no order") })).toBeUndefined();
  });

  test("passes an audit, which recomputes what it paid and looks for its nonce", async () => {
    const checks = await audit(taskIdOf(domain(), request));
    expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["request-digest", "proof-paid", "refund", "order-nonce"]),
    );
  });

  test("is filled once, by the provider that its proof names", async () => {
    expect(await codeOf(prover().proveOrder(await filling(request)))).toBe("NonceUsed");
    const next = await filling(await order(1n), 2);
    expect(await codeOf(prover().proveOrder(next))).toBe("ProofRefused");
    await operatorOf(network, 2).proveOrder(next);
    expect(await network.reader.getOrderNonce({ requester: request.requester })).toBe(2n);
  });

  test("can be taken back alone, or with all of its word of nonces", async () => {
    const alone = await filling(await order(2n));
    await network.requester.cancelRequest({ request: alone.request });
    expect(await codeOf(prover().proveOrder(alone))).toBe("NonceUsed");
    await network.requester.cancelOrders({ position: 0n, mask: 2n ** 256n - 1n });
    expect(await codeOf(prover().proveOrder(await filling(await order(77n))))).toBe("NonceUsed");
    const { requester } = alone.request;
    expect(await network.reader.getOrderNonce({ requester })).toBe(256n);
    expect(await network.reader.getOrderNonce({ requester, from: 300n })).toBe(300n);
  });

  test("is no other request, nor the other way round", async () => {
    const next = await order(256n);
    const changed = { ...next, commitWindow: 60 };
    expect(isOrder(changed)).toBe(false);
    expect(isOrder({ ...next, maxPrice: PRICE + 1n })).toBe(false);
    expect(isOrder({ ...next, callback: OWNER })).toBe(false);
    expect(isOrder(await requestFor(network))).toBe(false);
    expect(await codeOf(prover().proveOrder(await filling(changed)))).toBe("NotAnOrder");
    expect(await codeOf(network.requester.post({ request: next }))).toBe("FieldOutOfRange");
  });
});
