import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";
import { reorganise } from "../support/reorganise.ts";

/** `SeatOutcome.Agreed` in the contracts. */
const AGREED = 1;

describe("an executor on a chain that is reorganised", () => {
  let network: TestNetwork;
  let executor: Executor;

  beforeAll(async () => {
    network = await startNetwork(1);
    executor = await startExecutor(configOf(network.providers[0]));
    await network.dial(executor.endpoint);
  }, 60_000);
  afterAll(async () => {
    await executor.stop();
    await network.close();
  });

  it.each(["SeatTaken", "Committed", "Revealed", "TaskSettled"])(
    "%s is undone: the same work continues and is paid",
    async (eventName) => {
      const task = await network.post({ terms: { claimWindow: 20, rampSeconds: 20 } });
      const undone = await network.until(async () =>
        (await network.events(task)).find((event) => event.eventName === eventName),
      );
      const head = await network.client.getBlockNumber({ cacheTime: 0 });
      await reorganise(network.client, Number(head - undone.blockNumber) + 1);
      const lost = await network.client
        .getTransactionReceipt({ hash: undone.transactionHash })
        .catch(() => undefined);
      expect(lost?.blockHash).not.toBe(undone.blockHash);

      await network.until(async () =>
        (await network.events(task)).some((event) => event.eventName === "TaskSettled"),
      );
      const events = await network.events(task);
      const outcomes = events.flatMap(({ args }) => ("outcome" in args ? [args.outcome] : []));
      expect(outcomes).toEqual([AGREED]);
      expect(events.filter((event) => event.eventName === "Committed")).toHaveLength(1);
    },
    60_000,
  );
});
