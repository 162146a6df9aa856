import { cancelRequest, getTask } from "@deco-network/sdk/actions";
import type { Hash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AllocatedMarket } from "./support/allocator.ts";

/** `SeatOutcome` in the contracts. */
const [AGREED, DISSENTED] = [1, 2];

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

  const events = async (task: Hash) => await market.network.events(task);
  const names = async (task: Hash) => (await events(task)).map(({ eventName }) => eventName);
  /** Transactions in which the task has this event. */
  const transactions = async (task: Hash, name: string) =>
    new Set(
      (await events(task)).flatMap((event) =>
        event.eventName === name ? [event.transactionHash] : [],
      ),
    );
  const outcomes = async (task: Hash) =>
    Object.fromEntries(
      (await events(task)).flatMap((event) =>
        event.eventName === "SeatEnded" ? [[event.args.provider, event.args.outcome]] : [],
      ),
    );

  it("settles a task in three transactions: seats, commitments, reveals with settlement", async () => {
    await market.heard(1, 2, 3);
    const signed = await market.sign(round);
    const states: string[] = [];
    await market.handOver(signed, { onStatus: ({ state }) => states.push(state) });
    expect(states[0]).toBe("queued");
    await market.seen(signed.taskId, "TaskSettled");
    const { taskId } = signed;
    const folded = (await events(taskId)).find((event) => event.eventName === "TaskFolded");
    expect(folded?.args.roster).toEqual([1, 2, 3]);
    expect(await transactions(taskId, "TaskFolded")).toEqual(
      await transactions(taskId, "TaskPosted"),
    );
    expect(await transactions(taskId, "Committed")).toHaveProperty("size", 1);
    expect(await transactions(taskId, "Revealed")).toEqual(
      await transactions(taskId, "TaskSettled"),
    );
    expect(await names(taskId)).not.toContain("TaskUnfolded");
    expect(await outcomes(taskId)).toEqual({ 1: AGREED, 2: AGREED, 3: AGREED });
    await market.audited(taskId);
  });

  it("keeps a seat through a restart of its executor, without a claim", async () => {
    const signed = await market.sign(round);
    await market.handOver(signed);
    await market.stopExecutor(1);
    await market.startExecutor(1);
    await market.seen(signed.taskId, "TaskSettled");
    expect(await outcomes(signed.taskId)).toEqual({ 1: AGREED, 2: AGREED, 3: AGREED });
    expect(await names(signed.taskId)).not.toContain("SeatTaken");
  });

  it("goes on without a relayer that is gone: every seat acts by itself", async () => {
    const signed = await market.sign({ ...round, commitWindow: 40, revealWindow: 30 });
    await market.handOver(signed);
    await market.stopAllocator();
    await market.seen(signed.taskId, "TaskSettled");
    expect(await names(signed.taskId)).toContain("TaskUnfolded");
    expect(await outcomes(signed.taskId)).toEqual({ 1: AGREED, 2: AGREED, 3: AGREED });
    await market.audited(signed.taskId);
    await market.startAllocator();
  });

  it("a liar among its executors is told apart by reveals, and slashed", async () => {
    const lie = `0x${"11".repeat(32)}` as const;
    await market.stopExecutor(3);
    await market.startExecutor(3, {}, { vote: () => ({ digest: lie }) });
    await market.heard(1, 2, 3);
    const signed = await market.sign(round);
    await market.handOver(signed);
    await market.seen(signed.taskId, "TaskSettled");
    expect(await transactions(signed.taskId, "Committed")).toHaveProperty("size", 1);
    expect(await names(signed.taskId)).toContain("TaskUnfolded");
    expect(await outcomes(signed.taskId)).toEqual({ 1: AGREED, 2: AGREED, 3: DISSENTED });
    await market.audited(signed.taskId);
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
