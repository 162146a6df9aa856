import {
  buildRequest,
  DecoContractError,
  type JobDocument,
  type ProgramDocument,
  type ProviderDocument,
  planTask,
  type Request,
  repeatRequest,
  smallestLock,
} from "@deco-network/sdk";
import { parseEther, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  digestOf,
  type MarketNetwork,
  requestFor,
  STAKE,
  startMarketNetwork,
} from "./support/market-network.ts";

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(4);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

const program: ProgramDocument = {
  deco: "program/1",
  engine: "wasm",
  module: "bafkreiasbfynqeudn4myrbrflb5embvfvur454y4q2comalxcvjfjd6gxe",
  command: [],
  env: {},
  limits: { memoryBytes: 2 ** 20, outputBytes: 0, stdoutBytes: 0, wallSeconds: 60, fuel: "1" },
  network: "none",
  stdout: false,
};

/** Code and arguments of what the real market refuses first. */
async function refusalOf(request: Request): Promise<unknown[]> {
  try {
    await network.requester.post({ request });
  } catch (error) {
    if (error instanceof DecoContractError) return [error.code, ...error.args.map(String)];
    throw error;
  }
  return [];
}

describe("refusals are the contract's", () => {
  const address = "0x00000000000000000000000000000000000000aa" as const;
  const word = digestOf("data");
  const most = 2n ** 96n - 1n;

  test.each<[string, Partial<Request>]>([
    ["nothing wrong", {}],
    ["unlisted token", { token: address }],
    ["expired", { expiry: 1 }],
    ["no volume", { volume: 0 }],
    ["volume too large", { volume: 2 ** 20 + 1 }],
    ["no replicas", { replicas: 0 }],
    ["too many replicas", { replicas: 17, maxReplicas: 17 }],
    ["fewer seats than a round", { replicas: 3, maxReplicas: 2 }],
    ["more rounds than fifteen", { replicas: 1, maxReplicas: 16 }],
    ["half is no majority", { thresholdBps: 5_000 }],
    ["threshold out of reach", { thresholdBps: 7_501 }],
    ["three must agree", { minAgreeing: 3 }],
    ["two of one must agree", { replicas: 1, maxReplicas: 1 }],
    ["no trust", { minTrust: 9 }],
    ["trust above ten", { minTrust: 101 }],
    ["weight out of reach", { minWeight: 61 }],
    ["lying cheaper than silence", { dissentBps: 999 }],
    ["dissent above all", { dissentBps: 10_001 }],
    ["ramp downwards", { minPrice: 2n, maxPrice: 1n }],
    ["fee too small", { settlementFee: parseEther("0.01") - 1n }],
    ["lock below the minimum", { lock: parseEther("10") - 1n, maxPrice: 0n, minPrice: 0n }],
    ["lock below the price", { lock: parseEther("11") - 1n, maxPrice: parseEther("11") }],
    ["lock far below the price", { maxPrice: most }],
    ["no claim window", { claimWindow: 0 }],
    ["no commit window", { commitWindow: 0 }],
    ["no reveal window", { revealWindow: 0 }],
    ["ramp shorter than the claim window", { rampSeconds: 59 }],
    ["too long by a second", { commitWindow: 3_600 - 120 - 20 - 6 + 1 }],
    ["as long as can be", { commitWindow: 3_600 - 120 - 20 - 6 }],
    ["challenge window", { challengeWindow: 1 }],
    ["delivery window", { deliveryWindow: 1 }],
    ["input window", { inputWindow: 1 }],
    ["audits", { auditBps: 1 }],
    ["panel price", { panelPrice: 1n }],
    ["policy with many replicas", { policy: address }],
    ["policy not listed", { policy: address, replicas: 1, maxReplicas: 1, minAgreeing: 1 }],
    ["policy data", { policyData: word }],
    ["allocator", { allocator: address }],
    ["allocator window", { allocatorWindow: 1 }],
    ["callback without gas", { callback: address }],
    ["callback gas without callback", { callbackGas: 1 }],
    ["callback gas above the cap", { callback: address, callbackGas: 1_000_001 }],
    ["callback", { callback: address, callbackGas: 1_000_000 }],
    ["program owner without a share", { programOwner: address }],
    ["program royalty to nobody", { programBps: 1 }],
    ["program royalty above the bound", { programOwner: address, programBps: 5_001 }],
    ["data owner without a share", { dataOwner: address }],
    ["data royalty to nobody", { dataBps: 1 }],
    ["data royalty above the bound", { dataOwner: address, dataBps: 5_001 }],
    ["royalties", { programOwner: address, programBps: 5_000, dataOwner: address, dataBps: 1 }],
    ["several at once", { dataBps: 1, policy: address, volume: 0, claimWindow: 0 }],
  ])("%s", async (name, changes) => {
    const request = await requestFor(network, { nonce: BigInt(digestOf(name)), ...changes });
    const { refusals } = await network.reader.plan({ request });
    const first = refusals[0];
    const planned = first === undefined ? [] : [first.code, ...first.args.map(String)];
    // The time in the error is the one of the block that the node imagines.
    const comparable = (parts: unknown[]) =>
      parts
        .slice(0, parts[0] === "RequestExpired" ? 2 : undefined)
        .map((part) => String(part).toLowerCase());
    expect(comparable(planned)).toEqual(comparable(await refusalOf(request)));
  });
});

describe("plan", () => {
  test("tells cost, seats, odds and deadlines", async () => {
    await network.pass(5);
    const request = await requestFor(network);
    const plan = await network.reader.plan({ request, program });
    const { token } = network.devnet.addresses;
    const escrow = 6n * parseEther("2") + 4n * parseEther("0.01");
    expect(plan.cost).toMatchObject({
      escrow,
      firstRound: { min: parseEther("3"), max: parseEther("6") },
      postingFee: parseEther("1"),
      funds: [{ token, amount: escrow + parseEther("1") }],
    });
    expect(plan.rounds).toBe(2);
    expect(plan.eligible.map((candidate) => candidate.provider)).toEqual([1, 2, 3, 4]);
    expect(plan.fill.probability).toBe(1);
    // Three of four equal stakes: seats fill near k = 1, a sixth into the window.
    expect(plan.fill.medianSeconds).toBeGreaterThan(5);
    expect(plan.fill.medianSeconds).toBeLessThan(20);
    expect(plan.security).toMatchObject({
      ...{ colluders: 2, colludersAtBest: 2, unanimous: false },
      ...{ atRisk: parseEther("100"), budget: parseEther("150") },
    });
    const share = 0.25;
    expect(plan.security.largestOwner?.decides).toBeCloseTo(3 * share ** 2 - 2 * share ** 3, 6);
    const { timestamp } = await network.reader.getMarketState();
    expect(plan.deadlines).toEqual({
      post: request.expiry,
      claim: timestamp + 1 + 60,
      commit: timestamp + 1 + 60 + 30,
      reveal: timestamp + 1 + 60 + 30 + 20,
      settle: timestamp + 1 + 60 + 30 + 20 + 6,
      latest: timestamp + 1 + 2 * (120 + 30 + 20 + 6),
    });
    expect(plan.warnings.map((warning) => warning.code)).toEqual([
      "further-rounds-unlikely",
      "metadata-unknown",
      "young-network",
      "owner-decides",
      "commit-window-short",
      "inputs-public",
    ]);
  });

  test("says why a provider cannot take a seat", async () => {
    const [first, second, third] = network.operators;
    await first?.unbond({ provider: 1, amount: STAKE / 2n });
    await second?.deregister({ provider: 2 });
    await third?.unbond({ provider: 3, amount: STAKE });
    const state = await network.reader.getMarketState();
    const described = (changes: Partial<ProviderDocument>): ProviderDocument => ({
      deco: "provider/1",
      name: "x",
      cpu: { cores: 1 },
      memoryBytes: 2 ** 30,
      diskBytes: 1,
      accelerators: [],
      engines: [{ name: "wasm" }],
      retentionDays: 30,
      ...changes,
    });
    const metadata = new Map([
      [1, described({ memoryBytes: 2 ** 19 })],
      [4, described({ engines: [{ name: "oci" }] })],
    ]);
    const request = await requestFor(network, { lock: parseEther("1500"), minTrust: 11 });
    const { candidates, warnings, fill } = planTask({ request, state, program, metadata });
    const trust = { reason: "trust-too-low", has: 10, needed: 11 };
    const stake = (has: bigint) => ({ reason: "stake-not-free", has, needed: request.lock });
    expect(candidates.map((candidate) => candidate.obstacles)).toEqual([
      [trust, stake(STAKE / 2n), { reason: "memory-too-small", has: 2 ** 19, needed: 2 ** 20 }],
      [{ reason: "leaving" }, trust, stake(0n)],
      [{ reason: "dormant" }, trust, stake(0n)],
      [trust, { reason: "engine-missing", needed: "wasm" }],
    ]);
    expect(fill.probability).toBe(0);
    expect(warnings.map((warning) => warning.code)).toContain("too-few-providers");
  });

  test("stake that was added in this second does not count yet", async () => {
    const state = await network.reader.getMarketState();
    const providers = state.providers.map((provider) => ({
      ...provider,
      stake: { active: STAKE, aged: 0n, since: state.timestamp + 1 },
    }));
    const request = await requestFor(network);
    const { candidates } = planTask({ request, state: { ...state, providers } });
    expect(candidates[3]?.obstacles).toEqual([{ reason: "stake-too-young" }]);
  });
});

describe("buildRequest", () => {
  test("fills in what a job leaves out, and the market accepts it", async () => {
    const state = await network.reader.getMarketState();
    const deco = await network.reader.getToken();
    const job: JobDocument = {
      deco: "job/1",
      program: { file: "program.json" },
      price: { max: "12.5 DECO" },
    };
    const context = {
      ...{ job, token: deco, deco, parameters: state.parameters, timestamp: state.timestamp },
      requester: network.requester.address,
      ...{ program: digestOf("p"), input: digestOf("i"), volume: 1, programDocument: program },
    };
    const request = buildRequest(context);
    expect(request).toMatchObject({
      ...{ minPrice: 0n, maxPrice: parseEther("12.5"), lock: parseEther("12.5") },
      ...{ replicas: 3, maxReplicas: 6, thresholdBps: 6_000, minAgreeing: 2, dissentBps: 10_000 },
      ...{ claimWindow: 30, revealWindow: 30, commitWindow: 180, rampSeconds: 30 },
    });
    const policy = { address: `0x${"0a".repeat(20)}`, data: digestOf("circuit") };
    expect(buildRequest({ ...context, job: { ...job, policy } })).toMatchObject({
      ...{ policy: policy.address, policyData: policy.data },
      ...{ replicas: 1, maxReplicas: 1, minAgreeing: 1 },
    });
    expect(buildRequest(context).nonce).not.toBe(request.nonce);
    const { taskId } = await network.requester.post({ request });
    expect((await network.reader.getTask({ taskId })).status).toBe("open");
  });
});

describe("repeatRequest", () => {
  test("asks the same once more as a task of its own, at what the market asks now", async () => {
    const { parameters, timestamp } = await network.reader.getMarketState();
    const before = await requestFor(network, { settlementFee: 1n, lock: 1n, minPrice: 7n });
    const requester = network.requester.address;
    const again = repeatRequest({ request: before, requester, parameters, timestamp });
    const { program, input, replicas, commitWindow, maxPrice } = before;
    expect(again).toMatchObject({ program, input, replicas, commitWindow, maxPrice, minPrice: 7n });
    expect(again.nonce).not.toBe(before.nonce);
    expect(again.expiry).toBe(timestamp + 3_600);
    expect(again.settlementFee).toBe(parameters.token.minSettlementFee);
    expect(again.lock).toBe(smallestLock(maxPrice, parameters));
    const { taskId } = await network.requester.post({ request: again });
    expect((await network.reader.getTask({ taskId })).status).toBe("open");
  });

  test("takes another price, with the lock that it needs and no higher start", async () => {
    const { parameters, timestamp } = await network.reader.getMarketState();
    const request = await requestFor(network, { minPrice: 9n, lock: 1n });
    const context = { request, requester: network.requester.address, parameters, timestamp };
    const maxPrice = 10n * request.maxPrice;
    const dearer = repeatRequest({ ...context, maxPrice });
    expect(dearer).toMatchObject({
      maxPrice,
      minPrice: 9n,
      lock: smallestLock(maxPrice, parameters),
    });
    expect(repeatRequest({ ...context, maxPrice: 5n })).toMatchObject({
      maxPrice: 5n,
      minPrice: 5n,
    });
  });

  test("leaves an allocator aside", async () => {
    const { parameters, timestamp } = await network.reader.getMarketState();
    const given = { allocator: network.requester.address, allocatorWindow: 60 };
    const request = await requestFor(network, given);
    const context = { request, requester: network.requester.address, parameters, timestamp };
    expect(repeatRequest(context)).toMatchObject({ allocator: zeroAddress, allocatorWindow: 0 });
  });
});
