import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type Executor, type ExecutorParts, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

/** `SeatOutcome` in the contracts. */
const [AGREED, DISSENTED, NO_SHOW, RELEASED] = [1, 2, 4, 6];
/** `EndReason` in the contracts. */
const [UNFILLED, VOTE_FAILED] = [2, 3];

describe("seats on a local chain", () => {
  let network: TestNetwork;
  const running: Executor[] = [];

  beforeAll(async () => {
    network = await startNetwork(3);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((executor) => executor.stop()));
  });
  afterAll(async () => {
    await network.close();
  });

  async function start(index: number, parts: ExecutorParts = {}, drain = 0) {
    const timing = { settleStagger: 1, commitMargin: 2, drain };
    const executor = await startExecutor(configOf(network.providers[index], { timing }), parts);
    running.push(executor);
    await network.dial(executor.endpoint);
    return executor;
  }

  async function event(task: `0x${string}`, name: RegExp, seconds = 40) {
    return await network.until(
      async () => (await network.events(task)).find(({ eventName }) => name.test(eventName)),
      seconds,
    );
  }

  async function outcomes(task: `0x${string}`) {
    const ends = (await network.events(task)).flatMap(({ args }) =>
      "outcome" in args ? [[args.provider, args.outcome]] : [],
    );
    return Object.fromEntries(ends) as Record<number, number>;
  }

  it("a seat of a round that is not full is declined when the executor drains", async () => {
    const executor = await start(0, {}, 10);
    const task = await network.post({ terms: { replicas: 2, maxReplicas: 2 } });
    await event(task, /SeatTaken/);
    await executor.stop();
    expect((await network.events(task)).map(({ eventName }) => eventName)).toContain(
      "SeatDeclined",
    );
  }, 60_000);

  it("a round that never fills is expired by its seat", async () => {
    await start(0);
    const task = await network.post({
      terms: { replicas: 2, maxReplicas: 2, claimWindow: 4, rampSeconds: 4 },
    });
    const ended = await event(task, /TaskEnded/);
    expect("reason" in ended.args && ended.args.reason).toBe(UNFILLED);
    expect(await outcomes(task)).toEqual({ 1: RELEASED });
  }, 60_000);

  it("a liar is outvoted, loses its lock, and publishes nothing", async () => {
    const lie = `0x${"11".repeat(32)}` as const;
    await Promise.all([start(0), start(1), start(2, { vote: () => ({ digest: lie }) })]);
    const task = await network.post({ terms: { replicas: 3, maxReplicas: 3, minAgreeing: 2 } });
    await event(task, /TaskSettled/);
    expect(await outcomes(task)).toEqual({ 1: AGREED, 2: AGREED, 3: DISSENTED });
  }, 60_000);

  it("a failed vote opens further rounds, and ends when none is left", async () => {
    const votes = [1, 2, 3].map((digit) => `0x${`0${digit}`.repeat(32)}` as const);
    await Promise.all(votes.map((digest, index) => start(index, { vote: () => ({ digest }) })));
    const task = await network.post({
      terms: {
        ...{ replicas: 2, maxReplicas: 3, minAgreeing: 2 },
        ...{ claimWindow: 6, rampSeconds: 6, revealWindow: 5 },
      },
    });
    const ended = await event(task, /TaskEnded/, 60);
    expect("reason" in ended.args && ended.args.reason).toBe(VOTE_FAILED);
    const rounds = (await network.events(task)).filter((e) => e.eventName === "RoundOpened");
    expect(rounds).toHaveLength(2);
    expect(await outcomes(task)).toEqual({ 1: RELEASED, 2: RELEASED, 3: RELEASED });
  }, 90_000);

  it("a seat that hangs does not keep the others from being paid", async () => {
    const stuck: ExecutorParts = {
      handlers: {
        running: (context) =>
          new Promise((_, reject) => {
            context.signal.addEventListener("abort", () => reject(context.signal.reason));
          }),
      },
    };
    await Promise.all([start(0), start(1), start(2, stuck)]);
    const task = await network.post({
      terms: { replicas: 3, maxReplicas: 3, minAgreeing: 2, commitWindow: 5, revealWindow: 5 },
    });
    await event(task, /TaskSettled/);
    expect(await outcomes(task)).toEqual({ 1: AGREED, 2: AGREED, 3: NO_SHOW });
  }, 60_000);
});
