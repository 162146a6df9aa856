import {
  isP2pError,
  type MessageSigner,
  Messenger,
  makeOpener,
  openProgress,
  type Recipient,
  type SeatProgress,
  progress as spoken,
} from "@deco-network/p2p";
import type { Hash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Engine } from "../../src/engines/engine.ts";
import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

/** Programs tell something at once, then wait until they may go on. */
const mayEnd = Promise.withResolvers<void>();
const chatty = (engine: Engine): Engine => ({
  ...{ name: engine.name, probe: (signal) => engine.probe(signal) },
  async prepare(spec, signal) {
    const prepared = await engine.prepare(spec, signal);
    return {
      async run(run, until) {
        run.onStderr?.(new TextEncoder().encode("step one\n"));
        await mayEnd.promise;
        return await prepared.run(run, until);
      },
      close: () => prepared.close(),
    };
  },
});

const WINDOWS = { claimWindow: 30, rampSeconds: 30, commitWindow: 90, revealWindow: 30 };
/** Nobody but one seat ever votes. */
const ALONE = { ...WINDOWS, replicas: 1, maxReplicas: 1 };
/** A second seat may vote in a later round. */
const CONTESTED = { ...ALONE, maxReplicas: 2 };

describe("an executor that is asked how far a task is", { timeout: 180_000 }, () => {
  let network: TestNetwork;
  let executor: Executor;
  let now = 0;
  const asking: Messenger[] = [];
  let to: Recipient;
  let requester: Messenger;
  let alone: Hash;
  let contested: Hash;

  const askAs = (signer: MessageSigner, clock = () => now) => {
    const { libp2p } = network.storage;
    if (!libp2p) throw new RangeError("no peer-to-peer");
    const domain = network.devnet.deployment;
    const messenger = new Messenger({ host: libp2p, signer, domain, now: clock });
    asking.push(messenger);
    return messenger;
  };

  async function ask(messenger: Messenger, taskId: Hash, from = 0): Promise<SeatProgress> {
    now = Number((await network.client.getBlock()).timestamp);
    const opener = await makeOpener();
    const { body } = await messenger.ask(spoken, to, { taskId, key: opener.key, from });
    const context = { domain: network.devnet.deployment, taskId, provider: 1 };
    return await openProgress(opener, context, body);
  }

  const codeOf = async (answer: Promise<unknown>) =>
    await answer.then(
      () => "answered",
      (error: unknown) => (isP2pError(error) ? error.code : String(error)),
    );
  const textOf = ({ log }: SeatProgress) =>
    "bytes" in log ? Buffer.from(log.bytes).toString() : undefined;
  /** Asks once a block, which the executor's rate limit bears, until the answer is the wanted one. */
  const untilTold = (task: Hash, wanted: (seat: SeatProgress) => boolean) => {
    let asked = 0n;
    return network.until(async () => {
      const block = await network.client.getBlockNumber({ cacheTime: 0 });
      if (block === asked) return undefined;
      asked = block;
      // Before there is a seat it refuses.
      const seat = await ask(requester, task).catch(() => undefined);
      return seat && wanted(seat) && seat;
    }, 120);
  };

  beforeAll(async () => {
    network = await startNetwork(1);
    // Both programs wait at the same time: with one slot the second to be seated would never begin.
    const capacity = { slots: 2 };
    executor = await startExecutor(configOf(network.providers[0], { capacity }), {
      engines: (configured) => configured.map(chatty),
    });
    await network.dial(executor.endpoint);
    const [account, operator] = network.devnet.accounts;
    if (!account || !operator) throw new RangeError("too few accounts");
    const endpoints = executor.endpoint.split(",").filter((at) => at.includes("/p2p/"));
    to = { endpoints, address: operator.address };
    requester = askAs(privateKeyToAccount(account.privateKey));
    alone = await network.post({ terms: ALONE });
    contested = await network.post({ terms: CONTESTED });
  }, 60_000);
  afterAll(async () => {
    mayEnd.resolve();
    for (const messenger of asking) await messenger.close();
    await executor.stop();
    await network.close();
  });

  it("tells the requester its state, and what the program writes where nobody else votes", async () => {
    const told = await untilTold(alone, (seat) => textOf(seat) === "step one\n");
    expect(told).toMatchObject({ state: "running", round: 1, items: { done: 0, total: 1 } });
    expect(told.log).toMatchObject({ shown: "beginning", from: 0, end: 9 });
    expect(textOf(await ask(requester, alone, 5))).toBe("one\n");
  });

  it("withholds what the program writes while another could still copy", async () => {
    const told = await untilTold(contested, ({ state }) => state === "running");
    expect(told.log).toEqual({ withheld: "vote-open" });
  });

  it("refuses strangers as it refuses unknown tasks, and forged and old questions", async () => {
    const stranger = privateKeyToAccount(generatePrivateKey());
    const other = askAs(stranger);
    expect(await codeOf(ask(other, alone))).toBe("sender-refused");
    expect(await codeOf(ask(other, `0x${"1".repeat(64)}`))).toBe("sender-refused");
    expect(await codeOf(ask(requester, `0x${"1".repeat(64)}`))).toBe("sender-refused");
    const { address } = requester;
    const forger = askAs({ address, signTypedData: stranger.signTypedData });
    expect(await codeOf(ask(forger, alone))).toBe("signature-invalid");
    const { privateKey } = network.devnet.accounts[0] ?? { privateKey: "0x" };
    const late = askAs(privateKeyToAccount(privateKey), () => now - 600);
    expect(await codeOf(ask(late, alone))).toBe("message-stale");
  });

  it("shows all of it once the task is settled for good with the seat's result", async () => {
    mayEnd.resolve();
    for (const task of [alone, contested]) {
      const told = await untilTold(task, ({ log }) => "shown" in log && log.shown === "all");
      expect(textOf(told)).toBe("step one\n[deco] exit code 0\n");
      expect(told.items).toEqual({ done: 1, total: 1 });
    }
  });
});
