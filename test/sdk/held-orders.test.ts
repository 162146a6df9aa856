import { followTask } from "@deco-network/requester";
import {
  contractRemedies,
  decoMarketAbi,
  decoParametersAbi,
  expandEvents,
  heldWordOf,
  isOrder,
  orderCostOf,
  orderSettlementOf,
  type Request,
  taskIdOf,
  unpackHold,
} from "@deco-network/sdk";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { type Address, createWalletClient, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readContract } from "viem/actions";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codeOf } from "./support/code-of.ts";
import { digestOf, operatorOf } from "./support/market-network.ts";
import {
  auditOrder,
  balanceOf,
  fillingOf,
  type OrderNetwork,
  OWNER,
  orderFor,
  PRICE,
  proofOf,
  startOrderNetwork,
} from "./support/orders.ts";

const LOCK = parseEther("100.000000000000000019");
const RESERVE = parseEther("150");
const HOLD = { lock: LOCK, commitWindow: 600, revealWindow: 300 };
/** Neither divides the price without a remainder. */
const FEE_BPS = 77;
const ROYALTY_BPS = 333;

let network: OrderNetwork;
let nonce = 0n;

beforeAll(async () => {
  network = await startOrderNetwork();
  const { task, post } = await network.reader.getParameters();
  await govern("setParameters", [{ ...task, protocolFeeBps: FEE_BPS }, post]);
  await holder().openReserve({ index: 3, amount: RESERVE });
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

const domain = () => network.devnet.deployment;
const holder = () => operatorOf(network, 1);
const other = () => operatorOf(network, 2);
const terms = async () => (await network.reader.getParameters()).task;
const earned = (provider: number) =>
  network.reader.getEarnings({ token: domain().token, provider });
const lockedOf = async (provider: number) => {
  const { stake, locked } = await network.reader.getProvider({ provider });
  return { locked, active: stake.active };
};
const reserve = (index = 3) => network.reader.getReserve({ provider: 1, index });

/** A held order. */
async function hold(index = 3): Promise<{ request: Request; taskId: Hex; hold: bigint }> {
  nonce += 1n;
  const changes = { ...HOLD, price: PRICE + 7n, programBps: ROYALTY_BPS };
  const request = await orderFor(network, nonce, changes);
  const signature = await network.requester.signRequest({ request });
  const held = await holder().holdOrder({ request, signature, index });
  return { request, taskId: held.taskId, hold: held.hold };
}

/** What governance does; in a local network its key is the deployer's. */
async function govern(
  functionName: "setParameters" | "tombstone",
  args: readonly unknown[],
): Promise<void> {
  const { deployer, rpcUrl, addresses } = network.devnet;
  const account = privateKeyToAccount(deployer.privateKey);
  const wallet = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
  const target =
    functionName === "tombstone"
      ? { address: network.work.policy, abi: zkPolicyAbi }
      : { address: addresses.parameters, abi: decoParametersAbi };
  await wallet.writeContract({ ...target, functionName, args } as never);
}

async function redOf(taskId: Hex, proof?: Hex) {
  const shown: Hex[] = [];
  const refute = async (found: { readonly proof: Hex }) => {
    shown.push(found.proof);
    return undefined;
  };
  const report = await auditOrder(network, taskId, { refute });
  expect(shown).toEqual(proof === undefined ? [] : [proof]);
  const names = report.checks.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["order-held", "hold-until", "order-hold"]));
  return {
    status: report.status,
    red: report.checks.filter(({ status }) => status !== "passed"),
  };
}

const namesOf = async (taskId: Hex) =>
  (await network.reader.getTaskEvents({ taskId })).map(({ eventName }) => eventName);

describe("a reserve", () => {
  test("is stake set aside, listed until it is closed", async () => {
    const before = await lockedOf(1);
    const { provider } = await holder().openReserve({ index: 255, amount: 5n });
    expect(provider).toBe(1);
    expect((await lockedOf(1)).locked - before.locked).toBe(5n);
    expect(await reserve(255)).toEqual({ state: "free", amount: 5n });
    expect(await network.reader.listReserves({ provider: 1 })).toEqual([
      { index: 3, state: "free", amount: RESERVE },
      { index: 255, state: "free", amount: 5n },
    ]);
    await holder().closeReserve({ provider, index: 255 });
    expect(await lockedOf(1)).toEqual(before);
    expect(await reserve(255)).toEqual({ state: "none" });
    expect(await network.reader.listReserves({ provider: 1 })).toHaveLength(1);
    expect(await network.reader.listReserves({ provider: 2 })).toEqual([]);
  });

  test("is refused by name", async () => {
    const open = (index: number, amount: bigint) => holder().openReserve({ index, amount });
    expect(await codeOf(open(3, 1n))).toBe("ReserveExists");
    expect(await codeOf(open(4, 0n))).toBe("ZeroAmount");
    expect(await codeOf(open(4, parseEther("9000")))).toBe("StakeNotFree");
    expect(await codeOf(holder().closeReserve({ provider: 1, index: 4 }))).toBe("ReserveNotFree");
    expect(await codeOf(other().closeReserve({ provider: 1, index: 3 }))).toBe("NotProviderOwner");
    const { requester } = network;
    expect(await codeOf(requester.openReserve({ index: 0, amount: 1n }))).toBe("NotAnOperator");
  });
});

describe("an order that is held", () => {
  test("binds money and reserve, then is settled by the holder's proof, whoever brings it", async () => {
    const before = await balanceOf(network);
    const held = await hold();
    const { request, taskId } = held;
    const cost = orderCostOf(request, FEE_BPS);
    expect(isOrder(request)).toBe(true);
    expect(taskId).toBe(taskIdOf(domain(), request));
    expect(before - (await balanceOf(network))).toBe(cost);
    expect(unpackHold(held.hold)).toEqual({
      ...{ provider: 1, index: 3, protocolFeeBps: FEE_BPS, amount: RESERVE },
      ...{ version: 2, until: (await network.now()) + HOLD.commitWindow },
    });
    expect(await reserve()).toEqual({ state: "used" });
    const word = await readContract(network.client, {
      ...{ address: domain().market, abi: decoMarketAbi, functionName: "reserveOf" },
      args: [1, 3],
    });
    expect(word).toBe(heldWordOf(taskId, held.hold));
    expect(await network.reader.getOrder({ taskId })).toMatchObject({
      ...{ status: "held", provider: 1, hold: held.hold },
      closesAt: (await network.now()) + HOLD.commitWindow + HOLD.revealWindow,
    });
    expect(await redOf(taskId)).toEqual({ status: "running", red: [] });

    const locked = await lockedOf(1);
    const earnings = await earned(1);
    const shown = await proofOf(network, request, 1);
    // The price is the holder's all the same.
    const done = await network.requester.proveHeld({ ...held, ...shown });
    expect(done).toMatchObject({ paid: PRICE + 7n, bounty: 0n });
    expect((await earned(1)) - earnings).toBe(PRICE + 7n);
    expect(before - (await balanceOf(network))).toBe(cost);
    expect(await lockedOf(1)).toEqual(locked);
    expect(await reserve()).toEqual({ state: "free", amount: RESERVE });
    expect(await namesOf(taskId)).toEqual([
      ...["TaskPosted", "OrderHeld"],
      ...["RoyaltyPaid", "RoundOpened", "ResultProven", "TaskSettled", "TaskProven"],
    ]);
    expect(await network.reader.getOrder({ taskId })).toMatchObject({
      ...{ status: "settled", proven: true },
    });
    expect(await redOf(taskId, shown.proof)).toEqual({ status: "settled", red: [] });
  });

  test("is told as the request that was signed", async () => {
    const { request, taskId, hold: word } = await hold();
    const events = await network.reader.getTaskEvents({ taskId });
    const posted = events.find(({ eventName }) => eventName === "TaskPosted");
    expect(posted?.args).toMatchObject({ taskId, request: { ...request } });
    const told = events.filter(({ eventName }) => eventName === "OrderHeld");
    expect(expandEvents(told)).toHaveLength(2);
    const { requester } = request;
    const tasks = await network.reader.listTasks({ requester });
    expect(tasks.map((task) => task.taskId)).toContain(taskId);
    expect(await network.reader.getOrderNonce({ requester, from: nonce })).toBe(nonce + 1n);
    await holder().proveHeld({ request, hold: word, ...(await proofOf(network, request, 1)) });
  });

  test("is rescued after the holder's time, which costs it half of its loss and its reserve", async () => {
    const held = await hold();
    const { request, taskId } = held;
    const { until } = unpackHold(held.hold);
    const proof = await proofOf(network, request, 2);
    expect(await codeOf(other().proveHeld({ ...held, ...proof }))).toBe("ProofRefused");
    await network.passTo(until + 1);
    const late = await proofOf(network, request, 1);
    expect(await codeOf(holder().proveHeld({ ...held, ...late }))).toBe("ProofWindowClosed");
    expect(await codeOf(network.requester.dropOrder(held))).toBe("ProofWindowOpen");
    const [before, stake] = [await earned(2), await lockedOf(1)];
    const settlement = orderSettlementOf({
      ...{ request, terms: await terms(), holder: 1, end: "rescued" },
    });
    const [verdict] = settlement.verdicts;
    const slashed = verdict?.slashed ?? 0n;
    const done = await other().proveHeld({ ...held, ...proof });
    expect(done).toMatchObject({ paid: PRICE + 7n, bounty: settlement.bounty });
    expect(settlement.bounty).toBe(slashed / 2n);
    // Price and bounty are both in DECO here.
    expect((await earned(2)) - before).toBe(PRICE + 7n + slashed / 2n);
    expect(await lockedOf(1)).toEqual({
      ...{ locked: stake.locked - RESERVE, active: stake.active - slashed },
    });
    expect(await reserve()).toEqual({ state: "none" });
    expect(await namesOf(taskId)).toEqual([
      ...["TaskPosted", "OrderHeld", "SeatEnded"],
      ...["RoyaltyPaid", "ResultProven", "TaskSettled"],
    ]);
    expect(await redOf(taskId, proof.proof)).toEqual({ status: "settled", red: [] });
    await holder().openReserve({ index: 3, amount: RESERVE });
  });

  test("is dropped when nobody proves: the requester gets all of it back, the holder loses", async () => {
    const before = await balanceOf(network);
    const held = await hold();
    const { request, taskId } = held;
    await network.passTo(unpackHold(held.hold).until + HOLD.revealWindow + 1);
    const proof = await proofOf(network, request, 2);
    expect(await codeOf(other().proveHeld({ ...held, ...proof }))).toBe("ProofWindowClosed");
    const stake = await lockedOf(1);
    const settlement = orderSettlementOf({
      ...{ request, terms: await terms(), holder: 1, end: "unproven" },
    });
    expect(await other().dropOrder(held)).toMatchObject({
      ...{ reason: "unproven", refund: settlement.refund },
    });
    expect(settlement.refund).toBe(orderCostOf(request, FEE_BPS));
    expect(await balanceOf(network)).toBe(before);
    expect(stake.active - (await lockedOf(1)).active).toBe(settlement.burned);
    expect(await reserve()).toEqual({ state: "none" });
    expect(await network.reader.getOrder({ taskId })).toEqual({
      ...{ taskId, status: "ended", reason: "unproven" },
    });
    expect(await namesOf(taskId)).toEqual(["TaskPosted", "OrderHeld", "SeatEnded", "TaskEnded"]);
    expect(await redOf(taskId)).toEqual({ status: "ended", red: [] });
    expect(await codeOf(other().dropOrder(held))).toBe("OrderNotHeld");
    await holder().openReserve({ index: 3, amount: RESERVE });
  });

  test("is refused by name", async () => {
    nonce += 1n;
    const wanted = await orderFor(network, nonce, HOLD);
    const signature = await network.requester.signRequest({ request: wanted });
    const filling = await fillingOf(network, wanted);
    expect(await codeOf(holder().proveOrder(filling))).toBe("OrderWantsHold");
    const holding = (request: Request, index = 3) =>
      holder().holdOrder({ request, signature, index });
    expect(await codeOf(holding(wanted, 9))).toBe("ReserveNotFree");
    await holder().openReserve({ index: 9, amount: LOCK - 1n });
    expect(await codeOf(holding(wanted, 9))).toBe("ReserveTooSmall");
    expect(await codeOf(holding({ ...wanted, lock: LOCK + 1n }))).toBe("InvalidSignature");
    expect(await codeOf(holding({ ...wanted, replicas: 3 }))).toBe("not-an-order");
    const atOnce = await orderFor(network, nonce);
    const signed = await network.requester.signRequest({ request: atOnce });
    const hold = holder().holdOrder({ request: atOnce, signature: signed, index: 3 });
    expect(await codeOf(hold)).toBe("FieldOutOfRange");
    expect(await codeOf(holder().dropOrder({ request: wanted, hold: 1n }))).toBe("OrderNotHeld");
    const { proof, opening } = filling;
    const unheld = holder().proveHeld({ request: wanted, hold: 1n, proof, opening });
    expect(await codeOf(unheld)).toBe("OrderNotHeld");
    expect(contractRemedies.OrderNotHeld.reaction).toBe("stop");
    expect(await network.reader.getOrder({ taskId: digestOf("no order") })).toBeUndefined();
  });

  test("is followed from its hold to its end, which a requester brings about that waited in vain", async () => {
    const { taskId, hold: word } = await hold();
    const { devnet } = network;
    const account = privateKeyToAccount(devnet.accounts[0]?.privateKey as Hex);
    const transport = http(devnet.rpcUrl);
    const client = createWalletClient({ account, chain: foundry, transport, pollingInterval: 20 });
    const market = { client, deployment: domain() };
    const stages = followTask(market, taskId, { rescueAfterBlocks: 0, pollMillis: 20 });
    const next = async () => (await stages.next()).value;
    const { until } = unpackHold(word);
    expect(await next()).toMatchObject({ stage: "posted" });
    expect(await next()).toMatchObject({ stage: "order-held", provider: 1, until });
    expect(await next()).toMatchObject({ stage: "waiting", for: "proof", until });
    await network.passTo(until + 1);
    const closesAt = until + HOLD.revealWindow;
    expect(await next()).toMatchObject({ stage: "waiting", for: "rescue", until: closesAt });
    await network.passTo(closesAt + 1);
    expect(await next()).toMatchObject({ stage: "waiting", for: "drop" });
    expect(await next()).toMatchObject({ stage: "seat-ended", outcome: "no-show" });
    expect(await next()).toMatchObject({ stage: "ended", reason: "unproven" });
    await holder().openReserve({ index: 3, amount: RESERVE });
  });

  test("is dropped at once, at no loss, when its policy serves its data no more", async () => {
    const before = await balanceOf(network);
    const held = await hold();
    const stake = await lockedOf(1);
    await govern("tombstone", [network.work.circuit.id]);
    expect(await other().dropOrder(held)).toMatchObject({
      ...{ reason: "policy-removed", refund: orderCostOf(held.request, FEE_BPS) },
    });
    expect(await balanceOf(network)).toBe(before);
    expect(await lockedOf(1)).toEqual(stake);
    expect(await reserve()).toEqual({ state: "free", amount: RESERVE });
    expect(await namesOf(held.taskId)).toEqual(["TaskPosted", "OrderHeld", "TaskEnded"]);
    expect(await redOf(held.taskId)).toEqual({ status: "ended", red: [] });
    const royalties = await network.reader.getMarketBalance({
      ...{ token: domain().token, account: OWNER as Address },
    });
    // Of the three that were proven.
    expect(royalties).toBe(3n * (((PRICE + 7n) * BigInt(ROYALTY_BPS)) / 10_000n));
  });
});
