import {
  type Ballot,
  BallotBox,
  ballots,
  Messenger,
  offers,
  offerWanted,
  readOfferAnswer,
} from "@deco-network/p2p";
import { commitmentOf, decoActions, type SignedTaskOffer, taskIdOf } from "@deco-network/sdk";
import { openStorage } from "@deco-network/storage";
import { createWalletClient, type Hash, http, parseEther, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { ownActAt } from "../../src/assignments/relay-steps.ts";
import { type Executor, type ExecutorParts, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

/** `SeatOutcome` in the contracts. */
const [AGREED, NO_SHOW] = [1, 4];
/** Just long enough for rounds to be relayed. */
const RELAYED = { commitWindow: 30, revealWindow: 30 };
const THREE = { replicas: 3, maxReplicas: 3, minAgreeing: 2, ...RELAYED };

/** Never ends, like a process that was stopped. */
const hang: NonNullable<ExecutorParts["handlers"]>["committing"] = (context) =>
  new Promise((_, reject) => {
    context.signal.addEventListener("abort", () => reject(context.signal.reason));
  });

let network: TestNetwork;
const running: Executor[] = [];

beforeAll(async () => {
  // The last account of the chain is an allocator's.
  network = await startNetwork(4);
}, 60_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((executor) => executor.stop()));
});
afterAll(async () => {
  await network.close();
});

async function start(index: number, parts: ExecutorParts = {}, allocators: string[] = []) {
  const listed =
    allocators.length > 0 ? [{ address: allocator().address, endpoints: allocators }] : [];
  const provider = network.providers[index];
  const executor = await startExecutor(configOf(provider, { allocators: listed }), parts);
  running.push(executor);
  await network.dial(executor.endpoint);
  return executor;
}

function allocator() {
  return privateKeyToAccount(network.devnet.accounts.at(-1)?.privateKey ?? "0x");
}

async function settled(task: Hash): Promise<void> {
  await network.until(
    async () => (await network.events(task)).some((e) => e.eventName === "TaskSettled"),
    120,
  );
}

async function transactions(task: Hash, name: string): Promise<Set<string>> {
  const events = await network.events(task);
  return new Set(events.flatMap((e) => (e.eventName === name ? [e.transactionHash ?? "0x"] : [])));
}

async function outcomes(task: Hash): Promise<Record<number, number>> {
  const ends = (await network.events(task)).flatMap((e) =>
    e.eventName === "SeatEnded" ? [[e.args.provider, e.args.outcome]] : [],
  );
  return Object.fromEntries(ends) as Record<number, number>;
}

describe("seats that were drawn", () => {
  it("have their commitments brought by the lowest of them, and settle in one", async () => {
    await Promise.all([start(0), start(1), start(2)]);
    const task = await network.post({ terms: THREE });
    await settled(task);
    expect(await transactions(task, "Committed")).toHaveProperty("size", 1);
    expect(await transactions(task, "Revealed")).toEqual(await transactions(task, "TaskSettled"));
    expect(await outcomes(task)).toEqual({ 1: AGREED, 2: AGREED, 3: AGREED });
  }, 120_000);

  it("commit by themselves when the lowest keeps their commitments to itself", async () => {
    await Promise.all([start(0, { handlers: { committing: hang } }), start(1), start(2)]);
    const task = await network.post({ terms: THREE });
    await settled(task);
    expect(await transactions(task, "Committed")).toHaveProperty("size", 2);
    expect(await outcomes(task)).toEqual({ 1: NO_SHOW, 2: AGREED, 3: AGREED });
  }, 180_000);
});

describe("seats of an allocator that brings commitments, then lies about what seats have shown", () => {
  it("show nothing before all commitments are on the chain, then reveal by themselves", async () => {
    const { devnet, client } = network;
    const storage = await openStorage();
    const { libp2p } = storage;
    if (!libp2p) throw new RangeError("no peer-to-peer");
    let now = 0;
    const look = async () => {
      now = Number((await client.getBlock()).timestamp);
    };
    await look();
    const account = allocator();
    const messenger = new Messenger({
      ...{ host: libp2p, signer: account, domain: devnet.deployment, now: () => now },
    });
    const wallet = createWalletClient({
      ...{ account, chain: foundry, transport: http(devnet.rpcUrl), pollingInterval: 100 },
    }).extend(decoActions({ deployment: devnet.deployment }));
    const box = new BallotBox(devnet.deployment);
    const early: Ballot[] = [];
    const late: Ballot[] = [];
    let committed = false;
    try {
      const executors = await Promise.all(
        [0, 1].map((index) => start(index, {}, storage.addresses())),
      );
      const terms = {
        ...{ replicas: 2, maxReplicas: 2, minAgreeing: 2, ...RELAYED },
        ...{ allocator: account.address, allocatorWindow: 30 },
      };
      const request = await network.request({ terms });
      const taskId = taskIdOf(devnet.deployment, request);

      await messenger.serve(ballots, async ({ sender, body }) => {
        (committed ? late : early).push(body);
        await box.put(body, sender);
        // Says that everybody has shown, and agrees with whoever asks.
        const tag = body.shown?.tag ?? zeroHash;
        const shown = [1, 2].map((provider) => ({ provider, tag, salt: zeroHash }));
        return { held: [1, 2], shown };
      });
      const taskSeats: SignedTaskOffer[] = [];
      for (const [i, { endpoint }] of executors.entries()) {
        const endpoints = endpoint.split(",").filter((at) => at.includes("/p2p/"));
        const { operator } = await wallet.getProvider({ provider: i + 1 });
        await look();
        const to = { endpoints, address: operator };
        const { body } = await messenger.ask(offers, to, offerWanted(request, 1));
        const answer = readOfferAnswer(body);
        if (answer.kind !== "offer") throw new RangeError(answer.reason);
        taskSeats.push(answer.offer);
      }
      const requester = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
      const theirs = createWalletClient({
        ...{ account: requester, chain: foundry, transport: http(devnet.rpcUrl) },
        pollingInterval: 100,
      }).extend(decoActions({ deployment: devnet.deployment }));
      await theirs.deposit({ token: devnet.addresses.token, amount: parseEther("100") });
      const signature = await theirs.signRequest({ request });
      const { fold } = await wallet.openAndFold({ request, signature, taskSeats });

      await network.until(async () => {
        await look();
        return box.ballots(taskId, 1).length === 2;
      });
      expect([...early, ...late].filter(({ shown }) => shown)).toEqual([]);
      committed = true;
      await wallet.commitFolded({ taskId, fold, commitments: box.ballots(taskId, 1) });
      await network.until(async () => {
        await look();
        return (await network.events(taskId)).some((e) => e.eventName === "TaskSettled");
      }, 120);

      expect(late.some(({ shown }) => shown)).toBe(true);
      for (const { shown, provider, commitment } of late) {
        if (shown) expect(commitmentOf({ taskId, round: 1, provider, ...shown })).toBe(commitment);
      }
      expect(await transactions(taskId, "Committed")).toHaveProperty("size", 1);
      expect(await transactions(taskId, "TaskUnfolded")).toHaveProperty("size", 1);
      expect(await transactions(taskId, "Revealed")).toHaveProperty("size", 2);
      expect(await outcomes(taskId)).toEqual({ 1: AGREED, 2: AGREED });
    } finally {
      await messenger.close();
      await storage.close();
    }
  }, 180_000);
});

describe("ownActAt", () => {
  it.each([
    ["a quarter of a long window is kept", 1_000, 2_000, 1_750],
    ["of a shorter one, time for a transaction", 0, 100, 64],
    ["of the shortest, half", 0, 30, 15],
  ])("%s", (_, opens, closes, at) => {
    expect(ownActAt(opens, closes)).toBe(at);
  });
});
