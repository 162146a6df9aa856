import type { ExecutorConfigInput } from "@deco-network/executor";
import type { Hash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AllocatedMarket, type SignedOrder } from "./support/allocator.ts";

type Capacity = NonNullable<ExecutorConfigInput["capacity"]>;

describe("an allocator whose executors are of different size", { timeout: 180_000 }, () => {
  let market: AllocatedMarket;
  const round = { minAgreeing: 1, commitWindow: 60, revealWindow: 60 };

  beforeAll(async () => {
    market = await AllocatedMarket.open(3);
    await market.startAllocator();
    const capacities: readonly Capacity[] = [
      { memoryBytes: 2 ** 20 },
      // Less than the core that a module takes.
      { cpuMillis: 500 },
      { cpuMillis: 1_000, slots: 1 },
    ];
    for (const [index, capacity] of capacities.entries()) {
      await market.startExecutor(index + 1, { capacity });
    }
    await market.heard(1, 2, 3);
  });
  afterAll(async () => await market.close());

  const seated = async (task: Hash) =>
    (await market.network.events(task)).flatMap(({ eventName, args }) =>
      (eventName === "SeatAssigned" || eventName === "SeatTaken") && "provider" in args
        ? [args.provider]
        : [],
    );

  it("proposes only who has all that the program takes", async () => {
    const signed = await market.sign({ ...round, replicas: 1, maxReplicas: 1 });
    await market.handOver(signed);
    await market.seen(signed.taskId, "TaskSettled");
    expect(await seated(signed.taskId)).toEqual([3]);
  });

  it("gives the next seats on a machine when the last ones have left it", async () => {
    const orders: SignedOrder[] = [];
    for (let order = 0; order < 3; order++) {
      const signed = await market.sign({ ...round, replicas: 1, maxReplicas: 1 });
      // Open as soon as there is a seat for it: the seats before may not have run yet.
      await market.handOver(signed);
      orders.push(signed);
    }
    for (const { taskId } of orders) {
      await market.seen(taskId, "TaskSettled");
      expect(await seated(taskId)).toEqual([3]);
    }
  });

  it("tells the requester of an order that nobody can take what is lacking", async () => {
    const signed = await market.sign({ ...round, replicas: 2, maxReplicas: 2, minAgreeing: 2 });
    const refused = market.handOver(signed);
    await expect(refused).rejects.toMatchObject({
      code: "allocator-refused",
      message: expect.stringMatching(
        /no-memory\. 2 wanted of 3 providers: 1 without memory; 1 without processor time\. .* bytes of memory; there are 1048576\./,
      ),
    });
  });
});
