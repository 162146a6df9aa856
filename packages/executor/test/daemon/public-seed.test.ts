import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

describe("executors on a chain whose seeds need a proof", () => {
  let network: TestNetwork;
  const executors: Executor[] = [];

  beforeAll(async () => {
    network = await startNetwork(2, { randomness: "prevrandao" });
    for (const provider of network.providers) {
      const executor = await startExecutor(configOf(provider));
      executors.push(executor);
      await network.dial(executor.endpoint);
    }
  });
  afterAll(async () => {
    await Promise.all(executors.map((executor) => executor.stop()));
    await network.close();
  });

  it("prove the header themselves, claim and settle", async () => {
    const task = await network.post({ terms: { replicas: 2, maxReplicas: 2, minAgreeing: 2 } });
    await network.until(async () =>
      (await network.events(task)).some(({ eventName }) => eventName === "TaskSettled"),
    );
    const logs = await network.client.getLogs({
      address: network.devnet.addresses.randomness,
      fromBlock: 0n,
    });
    expect(logs).toHaveLength(1);
  });
});
