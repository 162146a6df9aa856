import { isOrder, type Request, taskIdOf } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "./support/code-of.ts";
import { digestOf, operatorOf, requestFor } from "./support/market-network.ts";
import {
  auditOrder,
  balanceOf,
  fillingOf,
  type OrderNetwork,
  OWNER,
  orderFor,
  PRICE,
  startOrderNetwork,
} from "./support/orders.ts";

let network: OrderNetwork;

beforeAll(async () => {
  network = await startOrderNetwork();
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

const domain = () => network.devnet.deployment;
const prover = () => operatorOf(network, 1);

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

describe("an order", () => {
  let request: Request;

  test("is filled by a genuine proof: the price goes to the prover, and nothing is held or burned", async () => {
    request = await orderFor(
      network,
      await network.reader.getOrderNonce({ requester: network.requester.address }),
    );
    expect(isOrder(request)).toBe(true);
    const before = await balanceOf(network);
    const burned = await pendingBurn();
    const done = await prover().proveOrder(await fillingOf(network, request));
    expect(done).toMatchObject({ taskId: taskIdOf(domain(), request), paid: PRICE, bounty: 0n });
    expect(before - (await balanceOf(network))).toBe(PRICE + (PRICE * 5n) / 100n);
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
    const checks = (await auditOrder(network, taskIdOf(domain(), request))).checks;
    expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["request-digest", "proof-paid", "refund", "order-nonce"]),
    );
  });

  test("is filled once, by the provider that its proof names", async () => {
    expect(await codeOf(prover().proveOrder(await fillingOf(network, request)))).toBe("NonceUsed");
    const next = await fillingOf(network, await orderFor(network, 1n), 2);
    expect(await codeOf(prover().proveOrder(next))).toBe("ProofRefused");
    await operatorOf(network, 2).proveOrder(next);
    expect(await network.reader.getOrderNonce({ requester: request.requester })).toBe(2n);
  });

  test("can be taken back alone, or with all of its word of nonces", async () => {
    const alone = await fillingOf(network, await orderFor(network, 2n));
    await network.requester.cancelRequest({ request: alone.request });
    expect(await codeOf(prover().proveOrder(alone))).toBe("NonceUsed");
    await network.requester.cancelOrders({ position: 0n, mask: 2n ** 256n - 1n });
    expect(
      await codeOf(prover().proveOrder(await fillingOf(network, await orderFor(network, 77n)))),
    ).toBe("NonceUsed");
    const { requester } = alone.request;
    expect(await network.reader.getOrderNonce({ requester })).toBe(256n);
    expect(await network.reader.getOrderNonce({ requester, from: 300n })).toBe(300n);
  });

  test("is no other request, nor the other way round", async () => {
    const next = await orderFor(network, 256n);
    const changed = { ...next, replicas: 1, maxReplicas: 1 };
    expect(isOrder(changed)).toBe(false);
    expect(isOrder({ ...next, maxPrice: PRICE + 1n })).toBe(false);
    expect(isOrder({ ...next, callback: OWNER })).toBe(false);
    expect(isOrder(await requestFor(network))).toBe(false);
    const filling = await fillingOf(network, next);
    expect(await codeOf(prover().proveOrder({ ...filling, request: changed }))).toBe(
      "not-an-order",
    );
    expect(await codeOf(network.requester.post({ request: next }))).toBe("FieldOutOfRange");
  });
});
