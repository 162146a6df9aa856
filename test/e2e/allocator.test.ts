import { cancelRequest, getTask } from "@deco-network/sdk/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AllocatedMarket } from "./support/allocator.ts";

describe("an allocator with three executors that list it", { timeout: 180_000 }, () => {
  let market: AllocatedMarket;
  /** What every seat commits within; long enough for a daemon that starts again. */
  const round = { replicas: 3, maxReplicas: 3, minAgreeing: 2, commitWindow: 60, revealWindow: 60 };

  beforeAll(async () => {
    market = await AllocatedMarket.open(4);
    await market.startAllocator();
    for (const provider of [1, 2, 3]) await market.startExecutor(provider);
    // The fourth is as good as the others, but lists nobody.
    await market.startExecutor(4, { allocators: [] });
  });
  afterAll(async () => await market.close());

  const seated = async (task: `0x${string}`) =>
    (await market.network.events(task))
      .flatMap((event) => (event.eventName === "SeatAssigned" ? [event.args.provider] : []))
      .sort();

  it("opens a signed request with its seats in one transaction, which settles", async () => {
    const signed = await market.sign(round);
    const states: string[] = [];
    await market.handOver(signed, { onStatus: ({ state }) => states.push(state) });
    expect(states[0]).toBe("queued");
    await market.seen(signed.taskId, "TaskSettled");
    expect(await seated(signed.taskId)).toEqual([1, 2, 3]);
    const events = await market.network.events(signed.taskId);
    const posted = events.find(({ eventName }) => eventName === "TaskPosted");
    const given = events.filter(({ eventName }) => eventName === "SeatAssigned");
    expect(given.map(({ transactionHash }) => transactionHash)).toEqual(
      Array(3).fill(posted?.transactionHash),
    );
  });

  it("keeps a seat through a restart of its executor, without a claim", async () => {
    const signed = await market.sign(round);
    await market.handOver(signed);
    await market.stopExecutor(1);
    await market.startExecutor(1);
    await market.seen(signed.taskId, "TaskSettled");
    const events = await market.network.events(signed.taskId);
    const agreed = events.flatMap((event) =>
      event.eventName === "SeatEnded" && event.args.paid > 0n ? [event.args.provider] : [],
    );
    expect(agreed.sort()).toEqual([1, 2, 3]);
    expect(events.some(({ eventName }) => eventName === "SeatTaken")).toBe(false);
  });

  it("refuses by name, and a refused request can be cancelled", async () => {
    const signed = await market.sign({ ...round, replicas: 4, maxReplicas: 4, allocatorWindow: 5 });
    // Four seats, and only three executors that list it.
    await expect(market.handOver(signed)).rejects.toMatchObject({
      code: "allocator-refused",
      message: expect.stringContaining("too-few-offers"),
    });
    const { client, deployment } = market.market;
    await cancelRequest(client, { deployment, request: signed.request });
    const task = await getTask(client, { deployment, taskId: signed.taskId });
    expect(task).toMatchObject({ status: "ended", reason: "cancelled" });
  });
});
