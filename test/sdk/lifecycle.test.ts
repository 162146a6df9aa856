import {
  bagResultOf,
  bagTree,
  decoActions,
  deployments,
  escrowOf,
  eventsNamed,
  expiryOf,
  isLive,
  lowerTrust,
  priceAtFraction,
  type Request,
  raiseTrust,
  rampFraction,
  type Settlement,
  type SettlingSeat,
  seatOutcomeOf,
  settlementOf,
  type Task,
  taskIdOf,
} from "@deco-network/sdk";
import type { ClaimReturnType } from "@deco-network/sdk/actions";
import { createClient, createPublicClient, type Hex, http, parseEther, zeroHash } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, refusedOr } from "./support/code-of.ts";
import {
  ballot,
  digestOf,
  drawOf,
  type MarketNetwork,
  operatorOf,
  requestFor,
  STAKE,
  startMarketNetwork,
} from "./support/market-network.ts";

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(6);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

const operator = (provider: number) => operatorOf(network, provider);

/** Opens a task; two blocks later its seed is known to calls too. */
async function open(changes: Partial<Request> = {}) {
  await network.pass(5);
  const request = await requestFor(network, changes);
  const { taskId } = await network.requester.post({ request });
  await network.pass(1);
  await network.pass(1);
  return { request, taskId };
}

/** Seats these providers at the end of the claim window, where everyone is drawn. */
async function seat(taskId: Hex, request: Request, providers: readonly number[]) {
  const task = await network.reader.getTask({ taskId });
  if (!isLive(task)) throw new RangeError("the task has ended");
  await network.passTo(task.openedAt + request.claimWindow - providers.length - 1);
  for (const provider of providers) await operator(provider).claim({ request });
}

describe("reading the market", () => {
  test("the local deployment is the one that the devnet makes", () => {
    const { startBlock, ...known } = deployments[31_337] ?? expect.unreachable("no local market");
    const { rpcUrl, startBlock: itsStart, ...made } = network.devnet.deployment;
    expect(rpcUrl).toMatch(/^http:/);
    expect(startBlock).toBeLessThanOrEqual(itsStart);
    expect(
      Object.values(known)
        .map(String)
        .map((text) => text.toLowerCase()),
    ).toEqual(
      expect.arrayContaining(Object.values(made).map((value) => String(value).toLowerCase())),
    );
  });

  test("providers are listed with keys, stake and addresses", async () => {
    const providers = await network.reader.listProviders();
    expect(providers.map((provider) => provider.id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(providers[2]).toMatchObject({
      ...{ id: 3, trust: 10, debt: 0, free: STAKE, locked: 0n, leaving: false, dormant: false },
      operator: operator(3).address,
    });
    expect(providers[2]).toEqual(await network.reader.getProvider({ provider: 3 }));
    const endpoints = await network.reader.listEndpoints({ providers: [2] });
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0]?.addresses).toHaveLength(2);
    const { address } = operator(4);
    expect(await network.reader.getProviderOf({ operator: address })).toBe(4);
    const nobody = network.requester.address;
    expect(await network.reader.getProviderOf({ operator: nobody })).toBeUndefined();
    expect(await codeOf(network.reader.getProvider({ provider: 99 }))).toBe("UnknownProvider");
  });

  test("a client without a known market says so", async () => {
    const client = createClient({ transport: http(network.devnet.rpcUrl) });
    expect(await codeOf(decoActions()(client).listProviders())).toBe("deployment-unknown");
  });

  test("a viem client is extended, and its chain names the market", async () => {
    const client = createPublicClient({ chain: foundry, transport: http(network.devnet.rpcUrl) });
    const extended = client.extend(decoActions());
    expect((await extended.getParameters()).post.trustStart).toBe(10);
    expect((await extended.getToken()).symbol).toBe("DECO");
    const { token } = network.devnet.addresses;
    expect(await extended.getEarnings({ token, provider: 6 })).toBe(0n);
    // viem's own actions stay what they are.
    expect(await extended.getBalance({ address: operator(1).address })).toBeGreaterThan(0n);
    const request = await requestFor(network);
    expect(await codeOf(extended.post({ request }))).toBe("account-missing");
  });

  test("the task id is the contract's", async () => {
    const { chainId, addresses } = network.devnet;
    const largest = 2n ** 96n - 1n;
    for (const changes of [
      {},
      { nonce: 2n ** 256n - 1n, expiry: 2 ** 40 - 1, volume: 2 ** 32 - 1, minPrice: largest },
      { policy: addresses.market, policyData: digestOf("x"), callback: addresses.token },
      { programBps: 65_535, dataBps: 1, callbackGas: 7, dataOwner: addresses.token },
      { lock: largest, minTrust: 255, allocator: addresses.token, allocatorWindow: 2 ** 32 - 1 },
    ]) {
      const request = await requestFor(network, changes);
      const hashed = await readHash(request);
      expect(taskIdOf({ chainId, market: addresses.market }, request)).toBe(hashed);
    }
  });

  test("unknown tasks have a code", async () => {
    expect(await codeOf(network.reader.getTask({ taskId: digestOf("none") }))).toBe("UnknownTask");
    expect(await network.reader.getTaskEvents({ taskId: digestOf("none") })).toEqual([]);
  });
});

describe("money", () => {
  test("is deposited by allowance or permit, and withdrawn", async () => {
    const { requester, reader } = network;
    const { token } = network.devnet.addresses;
    const account = requester.address;
    const before = await reader.getMarketBalance({ token, account });
    const { received } = await requester.deposit({ token, amount: 5n });
    expect(received).toBe(5n);
    await requester.approve({ token, amount: 0n });
    const deadline = BigInt(await network.now()) + 600n;
    const permit = await requester.signPermit({ token, value: parseEther("400000"), deadline });
    await requester.depositWithPermit({ token, amount: permit.value, permit });
    expect(await reader.getMarketBalance({ token, account })).toBe(before + 5n + permit.value);
    await requester.withdraw({ token, amount: 5n, to: account });
    const balance = await reader.getMarketBalance({ token, account });
    const tooMuch = requester.withdraw({ token, amount: balance + 1n, to: account });
    expect(await codeOf(tooMuch)).toBe("InsufficientBalance");
    expect(await codeOf(requester.deposit({ token, amount: 1n }))).toBe(
      "ERC20InsufficientAllowance",
    );
    await requester.approve({ token, amount: parseEther("100000") });
  });

  test("a task posted by permit and cancelled costs its posting fee", async () => {
    const { requester, reader } = network;
    const { token } = network.devnet.addresses;
    const account = requester.address;
    const request = await requestFor(network, { nonce: 77n });
    const deadline = BigInt(await network.now()) + 600n;
    const permit = await requester.signPermit({ token, value: parseEther("100"), deadline });
    const before = await reader.getMarketBalance({ token, account });
    const { taskId } = await requester.postWithPermit({ request, permit });
    expect(await codeOf(requester.post({ request }))).toBe("AlreadyPosted");
    const { refund } = await requester.cancel({ request });
    expect(refund).toBe(escrowOf(request, 0));
    const after = await reader.getMarketBalance({ token, account });
    expect(before - after).toBe(parseEther("1"));
    expect(await reader.getTask({ taskId })).toEqual({
      taskId,
      status: "ended",
      reason: "cancelled",
    });
    expect((await operator(1).burnPending()).amount).toBeGreaterThanOrEqual(parseEther("1"));
  });
});

describe("a bag with five kinds of voters", () => {
  const items = Array.from({ length: 9 }, (_, i) => digestOf(`item ${i}`));
  const tree = bagTree(items);
  const manifest = digestOf("manifest");
  const result = bagResultOf(tree.root, manifest);
  const changes = {
    volume: 9,
    replicas: 6,
    maxReplicas: 6,
    minPrice: 3n,
    maxPrice: parseEther("2"),
  };
  let task: { request: Request; taskId: Hex };
  let seen: Task[];
  let waiting: Promise<unknown>;

  test("seats are taken from the second that the model tells", async () => {
    task = await open(changes);
    seen = [];
    waiting = network.reader.waitForTask({
      ...{ taskId: task.taskId, pollMillis: 20, timeoutMillis: 60_000 },
      onChange: (state) => seen.push(state),
    });
    const draws = await Promise.all(
      network.operators.map(async (_, i) => {
        const { openedAt, after } = await drawOf(network, task.taskId, task.request, i + 1);
        return { provider: i + 1, at: openedAt + (after ?? Number.POSITIVE_INFINITY) };
      }),
    );
    const { openedAt } = await drawOf(network, task.taskId, task.request, 1);
    for (const { provider, at } of draws.sort((a, b) => a.at - b.at)) {
      // A draw whose second has passed while another was seated can only be taken late.
      let sent: ClaimReturnType | undefined;
      if (at > (await network.now())) {
        if (at - 1 > (await network.now())) await network.passTo(at - 1);
        // Refused in the second before, unless that has passed on a busy machine; then its block tells.
        sent = await refusedOr(operator(provider).claim({ request: task.request }), "NotDrawn");
        if (sent === undefined) await network.passTo(at);
      }
      sent ??= await operator(provider).claim({ request: task.request });
      const { priceFraction, receipt } = sent;
      const block = await createPublicClient({ transport: http(network.devnet.rpcUrl) }).getBlock({
        blockHash: receipt.blockHash,
      });
      expect(Number(block.timestamp)).toBeGreaterThanOrEqual(at);
      const elapsed = Number(block.timestamp) - openedAt;
      expect(priceFraction).toBe(rampFraction(elapsed, task.request.rampSeconds));
      expect(sent.early).toBe(elapsed * 3 <= task.request.claimWindow);
    }
    const state = await network.reader.getTask({ taskId: task.taskId });
    expect(state).toMatchObject({ status: "executing", seats: 6, taken: 6, round: 1 });
  });

  test("votes, then the settlement pays and slashes as the model says", async () => {
    const { taskId, request } = task;
    const vote = (provider: number, of: Hex) =>
      ballot(network, { taskId, round: 1, provider, result: of });
    const ballots = [1, 2, 3].map((provider) => vote(provider, result));
    const lie = vote(4, digestOf("a lie"));
    for (const [i, { commitment }] of [...ballots, lie].entries()) {
      await operator(i + 1).commit({ taskId, commitment });
    }
    await operator(5).abstain({ taskId, reason: "limit-exceeded" });
    // Provider 6 never commits, provider 3 never reveals.
    expect(await codeOf(operator(5).commit({ taskId, commitment: zeroHash }))).toBe(
      "EmptyCommitment",
    );
    await network.pass(request.commitWindow + 1);
    const shown = [ballots[0], ballots[1], lie].flatMap((one) => (one ? [one.reveal] : []));
    const wrong = { ...vote(6, result).reveal };
    const revealed = await network.requester.reveal({ reveals: [...shown, wrong] });
    expect(revealed.stored).toBe(3);
    expect(revealed.skipped).toEqual([{ taskId, provider: 6, reason: "not-committed" }]);

    const opening = { digest: manifest, root: tree.root, document: "0x" } as const;
    const roster = [1, 2, 3, 4, 5, 6];
    const settle = () => network.requester.settle({ request, roster, opening });
    expect(await codeOf(settle())).toBe("RevealWindowOpen");
    await network.pass(request.revealWindow + 1);
    // Two of four weights are not 60 %.
    expect(await codeOf(settle())).toBe("ResultNotAccepted");
    expect(await codeOf(network.requester.escalate({ request }))).toBe("SettleWindowOpen");
    await network.pass(10);
    const terms = (await network.reader.getParameters()).task;
    const seats = await settlingSeats(taskId);
    expect(settlementOf({ taskId, request, terms, seats, rounds: 1, result }).accepted).toBe(false);
    const { reason, refund } = await operator(6).expire({ request, roster });
    expect(reason).toBe("vote-failed");
    const expected = expiryOf({ taskId, request, terms, seats, rounds: 1, unfilledRound: 0 });
    await expectSettlement(taskId, expected, refund);
    expect(expected.verdicts.map((verdict) => verdict.outcome)).toEqual([
      "consoled",
      "consoled",
      "withheld",
      "released",
      "abstained",
      "no-show",
    ]);
    expect(await waiting).toEqual({ taskId, status: "ended", reason: "vote-failed" });
    expect(seen.at(0)?.status).toBe("open");
    expect(seen.at(-1)?.status).toBe("ended");
  });

  test("an accepted bag proves each of its items", async () => {
    const { request, taskId } = await open({ ...changes, thresholdBps: 5_001 });
    await seat(taskId, request, [6, 1, 2, 3, 4, 5]);
    const trustBefore = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((provider) => network.reader.getProvider({ provider })),
    );
    const results = new Map([1, 2, 3, 4].map((provider) => [provider, result]));
    results.set(5, digestOf("a lie"));
    const ballots = [...results].map(([provider, of]) =>
      ballot(network, { taskId, round: 1, provider, result: of }),
    );
    for (const { commitment, reveal } of ballots) {
      await operator(reveal.provider).commit({ taskId, commitment });
    }
    await network.pass(request.commitWindow + 1);
    await network.requester.reveal({ reveals: ballots.map((one) => one.reveal) });
    const seats = await settlingSeats(taskId);
    const terms = (await network.reader.getParameters()).task;
    const expected = settlementOf({ taskId, request, terms, seats, rounds: 1, result });
    expect(expected.accepted).toBe(true);
    const opening = { digest: manifest, root: tree.root, document: "0x" } as const;
    const roster = [1, 2, 3, 4, 5, 6];
    const settled = await operator(1).settle({ request, roster, opening });
    expect(settled.result).toBe(result);
    await expectSettlement(taskId, expected, settled.refund);

    const { timestamp } = await blockOf(settled.receipt.blockHash);
    const epoch = Math.floor(Number(timestamp) / terms.epoch);
    for (const [i, before] of trustBefore.entries()) {
      const after = await network.reader.getProvider({ provider: before.id });
      const { trust, debt, raisedEpoch } = after;
      // Provider 5 lied, provider 6 never committed; the others' seats were not early.
      const expectedTrust =
        i === 4
          ? lowerTrust(before, terms.dissentStep)
          : i === 5
            ? lowerTrust(before, terms.noShowStep)
            : before;
      expect({ trust, debt, raisedEpoch }).toEqual({
        trust: expectedTrust.trust,
        debt: expectedTrust.debt,
        raisedEpoch: expectedTrust.raisedEpoch,
      });
      expect(raiseTrust(after, 1, epoch).trust + raiseTrust(after, 1, epoch).debt).not.toBe(0);
    }
    for (const [index, item] of items.entries()) {
      const proof = [...tree.proof(index), manifest];
      const answer = await network.reader.verifyResult({ taskId, index, item, proof });
      expect(answer).toEqual({ accepted: true, securityBudget: parseEther("200") });
      const other = (index + 1) % items.length;
      const wrong = await network.reader.verifyResult({ taskId, index: other, item, proof });
      expect(wrong).toEqual({ accepted: false, securityBudget: 0n });
    }
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "settled", agreeing: 4, bag: true, securityBudget: parseEther("200") },
    });
    const posted = await network.reader.listTasks({ requester: network.requester.address });
    expect(posted.at(-1)).toMatchObject({ taskId, request });
  });
});

describe("rounds and exits", () => {
  test("a failed vote escalates, and both rounds count", async () => {
    const { request, taskId } = await open({ replicas: 2, maxReplicas: 4, thresholdBps: 6_000 });
    const right = digestOf("right");
    await seat(taskId, request, [1, 2]);
    await voteAll(
      taskId,
      1,
      new Map([
        [1, right],
        [2, digestOf("wrong")],
      ]),
    );
    await network.pass(request.revealWindow + 20);
    expect(await codeOf(network.requester.expire({ request, roster: [1, 2] }))).toBe(
      "FurtherRoundPossible",
    );
    const { round, seats } = await network.requester.escalate({ request });
    expect({ round, seats }).toEqual({ round: 2, seats: 2 });
    await network.pass(1);
    expect(await codeOf(operator(1).claim({ request }))).toBe("AlreadySeated");
    await seat(taskId, request, [3, 4]);
    await voteAll(
      taskId,
      2,
      new Map([
        [3, right],
        [4, right],
      ]),
    );
    const voters = await settlingSeats(taskId);
    const terms = (await network.reader.getParameters()).task;
    const expected = settlementOf({
      taskId,
      request,
      terms,
      seats: voters,
      rounds: 2,
      result: right,
    });
    expect(expected.accepted).toBe(true);
    const opening = { digest: right, root: zeroHash, document: "0x" } as const;
    const { refund } = await network.requester.settle({ request, roster: [1, 2, 3, 4], opening });
    await expectSettlement(taskId, expected, refund);
    expect(await network.reader.verifyResult({ taskId, item: right })).toEqual({
      ...{ accepted: true, securityBudget: parseEther("150") },
    });
  });

  test("a declined seat costs its fee, and equal abstentions end the task", async () => {
    const { request, taskId } = await open({ replicas: 2, maxReplicas: 4 });
    await network.passTo((await network.now()) + request.claimWindow / 2 + 5);
    await operator(1).claim({ request });
    await operator(2).claim({ request });
    const { fee } = await operator(1).decline({ request });
    expect(fee).toBe((request.lock * 50n) / 10_000n);
    expect((await network.reader.getSeat({ taskId, provider: 1 })).status).toBe("declined");
    await operator(3).claim({ request });
    expect(await codeOf(operator(2).abstain({ taskId: digestOf("x"), reason: "other" }))).toBe(
      "UnknownTask",
    );
    await operator(2).abstain({ taskId, reason: "input-unavailable" });
    await operator(3).abstain({ taskId, reason: "input-unavailable" });
    const state = await network.reader.getTask({ taskId });
    expect(state).toMatchObject({ status: "revealing", reasons: { "input-unavailable": 2 } });
    const seats = await settlingSeats(taskId);
    const { reason, refund } = await network.requester.expire({ request, roster: [2, 3] });
    expect(reason).toBe("cannot-run");
    const terms = (await network.reader.getParameters()).task;
    const expected = expiryOf({ taskId, request, terms, seats, rounds: 1, unfilledRound: 0 });
    await expectSettlement(taskId, expected, refund);
  });

  test("a round that never fills releases its seats", async () => {
    const { request, taskId } = await open();
    await seat(taskId, request, [1]);
    expect(await codeOf(network.requester.expire({ request, roster: [1] }))).toBe(
      "ClaimWindowOpen",
    );
    await network.pass(10);
    const seats = await settlingSeats(taskId);
    const { reason, refund } = await network.requester.expire({ request, roster: [1] });
    expect(reason).toBe("unfilled");
    const terms = (await network.reader.getParameters()).task;
    const expected = expiryOf({ taskId, request, terms, seats, rounds: 1, unfilledRound: 1 });
    expect(expected.verdicts).toEqual([
      { provider: 1, outcome: "released", paid: 0n, slashed: 0n },
    ]);
    await expectSettlement(taskId, expected, refund);
  });

  test("a call that is refused when it is mined has the same code", async () => {
    const request = await requestFor(network, { requester: operator(1).address });
    const sent = network.requester.post({ request, gas: 1_000_000n });
    await expect(sent).rejects.toMatchObject({
      ...{ name: "DecoContractError", code: "NotRequester", reaction: "change" },
      transactionHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
  });

  test("a wait ends by its signal or its time", async () => {
    const { taskId } = await open();
    const signal = AbortSignal.timeout(60);
    expect(await codeOf(network.reader.waitForTask({ taskId, signal }))).toBe("aborted");
    expect(await codeOf(network.reader.waitForTask({ taskId, timeoutMillis: 30 }))).toBe("timeout");
  });
});

describe("a provider's keys and stake", () => {
  test("rotate, change hands and leave", async () => {
    const owner = operator(6);
    const heir = network.requester;
    const { provider } = { provider: 6 };
    const metadata = digestOf("new metadata");
    await owner.describe({ provider, metadata, endpoint: "/ip4/127.0.0.1/tcp/1" });
    expect((await network.reader.getProvider({ provider })).metadata).toBe(metadata);
    await owner.setOperator({ provider, operator: heir.address });
    const taken = operator(5).setOperator({ provider: 5, operator: heir.address });
    expect(await codeOf(taken)).toBe("OperatorInUse");
    await owner.offerOwnership({ provider, to: heir.address });
    expect(await codeOf(owner.acceptOwnership({ provider }))).toBe("NotPendingOwner");
    expect((await heir.acceptOwnership({ provider })).trust).toBe(10);
    expect(await codeOf(owner.stake({ provider, amount: 1n }))).toBe("NotProviderOwner");
    await heir.stake({ provider, amount: parseEther("10") });
    await heir.unbond({ provider, amount: parseEther("1") });
    expect(await codeOf(heir.withdrawStake({ provider }))).toBe("StillUnbonding");
    await heir.deregister({ provider });
    const { unbonding, leaving } = await network.reader.getProvider({ provider });
    expect(leaving).toBe(true);
    await network.pass(14_401);
    expect((await heir.withdrawStake({ provider })).amount).toBe(unbonding);
  });

  test("earn and withdraw", async () => {
    const { token } = network.devnet.addresses;
    const owner = operator(1);
    const amount = await network.reader.getEarnings({ token, provider: 1 });
    expect(amount).toBeGreaterThan(0n);
    await owner.withdrawEarnings({ provider: 1, token, amount, to: owner.address });
    expect(await network.reader.getEarnings({ token, provider: 1 })).toBe(0n);
  });
});

/** Commits and reveals; every seat of the round must vote. */
async function voteAll(taskId: Hex, round: number, votes: ReadonlyMap<number, Hex>): Promise<void> {
  const ballots = [...votes].map(([provider, result]) =>
    ballot(network, { taskId, round, provider, result }),
  );
  for (const { commitment, reveal } of ballots) {
    await operator(reveal.provider).commit({ taskId, commitment });
  }
  await network.requester.reveal({ reveals: ballots.map((one) => one.reveal) });
}

/** The seats of a live task as the chain stores them, by ascending provider id. */
async function settlingSeats(taskId: Hex): Promise<SettlingSeat[]> {
  const providers = await network.reader.listProviders();
  const seats = await Promise.all(
    providers.map(async ({ id: provider }) => ({
      provider,
      ...(await network.reader.getSeat({ taskId, provider })),
    })),
  );
  return seats.flatMap(({ status, value, early: _, ...seat }) =>
    status === "none" || status === "declined"
      ? []
      : [{ ...seat, status, ...(status === "revealed" ? { tag: value } : {}) }],
  );
}

/** Compares what the events tell with what the model says. */
async function expectSettlement(taskId: Hex, expected: Settlement, refund: bigint): Promise<void> {
  expect(refund).toBe(expected.refund);
  const events = await network.reader.getTaskEvents({ taskId });
  const ended = eventsNamed(events, "SeatEnded").map(({ args }) => ({
    provider: args.provider,
    outcome: seatOutcomeOf(args.outcome),
    paid: args.paid,
    slashed: args.slashed,
  }));
  expect(ended).toEqual(expected.verdicts);
  const compensated = eventsNamed(events, "RequesterCompensated").map(({ args }) => args.amount);
  expect(compensated).toEqual(expected.compensation === 0n ? [] : [expected.compensation]);
  const request = eventsNamed(events, "TaskPosted")[0]?.args.request;
  const highest = request === undefined ? 0n : priceAtFraction(request, 2n ** 40n - 1n);
  expect(expected.verdicts.every((verdict) => verdict.paid <= highest)).toBe(true);
}

async function blockOf(blockHash: Hex) {
  return await createPublicClient({ transport: http(network.devnet.rpcUrl) }).getBlock({
    blockHash,
  });
}

async function readHash(request: Request): Promise<Hex> {
  const client = createPublicClient({ transport: http(network.devnet.rpcUrl) });
  const { decoMarketAbi: abi } = await import("@deco-network/sdk");
  const address = network.devnet.addresses.market;
  return await client.readContract({ address, abi, functionName: "hashRequest", args: [request] });
}
