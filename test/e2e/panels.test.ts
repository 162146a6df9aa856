import type { Executor } from "@deco-network/executor";
import { fetchResult } from "@deco-network/requester";
import { AVAILABLE, panelIdOf, type Request, UNAVAILABLE } from "@deco-network/sdk";
import { type Hash, type Hex, parseEther } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../../packages/requester/test/support/folder.ts";
import { liar } from "../adversaries/liar.ts";
import { TestMarket } from "./support/market.ts";

const VOTERS = [1, 2, 3];
const JUDGES = [4, 5, 6, 7];
const LOCK = parseEther("100");
const WINDOW = 900;
/** All of twelve equal stakes are drawn for three seats within two thirds of it; a busy machine needs the rest. */
const CLAIM_WINDOW = 120;
const DRAWN = 82;
const DELIVERY = 9;
const CALLBACK = "0x00000000000000000000000000000000000ca11b";
/** Takes anything. */
const ACCEPTS = "0x00";
const REVERTS = "0x60006000fd";

const TERMS: Partial<Request> = {
  ...{ replicas: 3, maxReplicas: 3, lock: LOCK, panelPrice: parseEther("5") },
  ...{ claimWindow: CLAIM_WINDOW, rampSeconds: CLAIM_WINDOW },
};

describe("executors on panels", { timeout: 240_000 }, () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await TestMarket.open(12);
  });
  afterEach(() => market.stopAll());
  afterAll(() => market?.close());

  /** @param delivery seconds for which judges try to fetch: many where there is something, on a busy machine too */
  function start(providers: readonly number[], parts = {}, delivery = 5): Promise<Executor[]> {
    const timing = { settleStagger: 1, commitMargin: 2, drain: 0, delivery };
    return Promise.all(providers.map((provider) => market.start(provider, parts, { timing })));
  }

  async function accepted(terms: Partial<Request>, items?: number, parts = {}) {
    const voters = await start(VOTERS, parts);
    const task = await market.post({ ...TERMS, ...terms }, items);
    await market.pass(DRAWN);
    const [acceptance] = await market.seen(task, "TaskAccepted");
    if (acceptance === undefined) throw new RangeError("nothing was accepted");
    const request = await market.requestOf(task);
    return { task, request, voters, ...acceptance.args };
  }

  async function decided(task: Hash, index: number): Promise<Hex | undefined> {
    await market.pass(DRAWN);
    await market.seen(panelIdOf(task, index, 1), "Revealed", 3);
    const [decision] = await market.seen(task, "PanelDecided");
    return decision?.args.decision;
  }

  describe("about delivery", () => {
    it("fetch outputs that are there, vote so, and keep them for the requester", async () => {
      const { task, request, voters, result, digest, root, document } = await accepted(
        { deliveryWindow: WINDOW },
        3,
      );
      await market.requester.undelivered({ request });
      // They learn of the task and of its panel at once.
      await start(JUDGES, {}, 55);
      expect(await decided(task, DELIVERY)).toBe(AVAILABLE);
      await market.pass(WINDOW + 1);
      const [final] = await market.seen(task, "TaskFinalized");
      expect(final?.args).toMatchObject({ result, overturned: false });

      // Nobody who made them serves them any more.
      await Promise.all(voters.map((voter) => voter.stop()));
      const options = {
        ...{ accepted: { result, digest, root, document }, volume: 3 },
        folder: `${await temporaryFolder()}/result`,
      };
      expect((await fetchResult(market.network.storage, options)).runs).toHaveLength(3);
    });

    it("vote against those who keep the outputs to themselves", async () => {
      // Another bag than above, whose results the judges have kept.
      const { task, request, voters } = await accepted({ deliveryWindow: WINDOW }, 5);
      await Promise.all(voters.map((voter) => voter.stop()));
      await start(JUDGES);
      await market.requester.undelivered({ request });
      expect(await decided(task, DELIVERY)).toBe(UNAVAILABLE);
      await market.pass(WINDOW + 1);
      await market.finalize(task);
      expect((await market.ended(task)).reason).toBe("undelivered");
      const ends = Object.values(await market.ends(task));
      expect(ends.map(({ outcome, slashed }) => ({ outcome, slashed }))).toEqual(
        VOTERS.map(() => ({ outcome: "undelivered", slashed: LOCK })),
      );
    });
  });

  describe("about a bag", () => {
    it("uphold a right one, whose voters show the disputed item by themselves", async () => {
      const { task, request } = await accepted({ challengeWindow: WINDOW }, 4);
      await start(JUDGES);
      await market.requester.appeal({ request, leaf: 2 });
      const [shown] = await market.seen(task, "LeafShown");
      expect(await decided(task, 0)).toBe(shown?.args.item);
      expect(await market.events(task, "LeafShown")).toHaveLength(1);
      await market.pass(WINDOW + 1);
      const [final] = await market.seen(task, "TaskFinalized");
      expect(final?.args.overturned).toBe(false);
    });
  });

  describe("and contracts that wait for results", () => {
    const callback = { callback: CALLBACK, callbackGas: 100_000 } as const;

    it("get a final result at once where nothing is to wait for", async () => {
      await market.plant(CALLBACK, ACCEPTS);
      await start(VOTERS);
      const task = await market.post({ ...TERMS, panelPrice: 0n, ...callback });
      await market.pass(DRAWN);
      const [delivered] = await market.seen(task, "ResultDelivered");
      const [settled] = await market.seen(task, "TaskSettled");
      expect(delivered?.transactionHash).toBe(settled?.transactionHash);
    });

    it("get one that had to wait, and again after they did not take it", async () => {
      await market.plant(CALLBACK, REVERTS);
      const { task } = await accepted({ challengeWindow: WINDOW, ...callback });
      await market.pass(WINDOW + 1);
      await market.seen(task, "DeliveryFailed");
      expect((await market.seen(task, "SeatEnded", 3)).map(({ args }) => args.paid > 0n)).toEqual([
        ...[true, true, true],
      ]);
      await market.plant(CALLBACK, ACCEPTS);
      // The time to the next try counts from when an executor has seen the failure.
      await market.network.until(async () => {
        await market.pass(61);
        return (await market.events(task, "ResultDelivered")).length > 0;
      });
      // Another executor may have tried before the contract had come round.
      expect((await market.events(task, "DeliveryFailed")).length).toBeLessThanOrEqual(2);
    });

    it("get the panel's result from its judges when the vote's was a lie", async () => {
      await market.plant(CALLBACK, ACCEPTS);
      const { task, request, result } = await accepted(
        { challengeWindow: WINDOW, ...callback },
        undefined,
        liar,
      );
      await start(JUDGES);
      await market.requester.appeal({ request });
      const truth = await decided(task, 0);
      expect(truth).not.toBe(result);
      await market.pass(WINDOW + 1);
      const [final] = await market.seen(task, "TaskFinalized");
      expect(final?.args).toMatchObject({ result: truth, overturned: true });
      await market.seen(task, "ResultDelivered");
    });
  });
});
