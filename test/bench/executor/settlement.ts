import { type Executor, startExecutor } from "@deco-network/executor";
import { eventsNamed } from "@deco-network/sdk";

import { configOf, startNetwork } from "../../../packages/executor/test/support/network.ts";
import { type Figure, median } from "../figures.ts";

const PROVIDERS = 3;
const TASKS = 7;
const BLOCK_SECONDS = 0.25;

/** Blocks from the claim that fills a round to the settlement, with three executors and a program that runs at once. */
export async function settlement(): Promise<Figure[]> {
  const network = await startNetwork(PROVIDERS, { blockSeconds: BLOCK_SECONDS });
  const executors: Executor[] = [];
  try {
    for (const provider of network.providers) {
      const executor = await startExecutor(configOf(provider));
      executors.push(executor);
      await network.dial(executor.endpoint);
    }
    const blocks: number[] = [];
    const terms = { replicas: PROVIDERS, maxReplicas: PROVIDERS, minAgreeing: 2 };
    for (let task = 0; task < TASKS; task++) {
      const taskId = await network.post({ terms });
      const events = await network.until(async () => {
        const all = await network.events(taskId);
        return eventsNamed(all, "TaskSettled").length > 0 && all;
      }, 60);
      const filled = eventsNamed(events, "SeatTaken").at(-1);
      const settled = eventsNamed(events, "TaskSettled")[0];
      if (filled === undefined || settled === undefined) throw new RangeError("not settled");
      blocks.push(Number(settled.blockNumber) - Number(filled.blockNumber));
    }
    const of = `last claim to settlement, ${TASKS} tasks of ${PROVIDERS} replicas, blocks of 250 ms: ${blocks.join(" ")}`;
    return [
      { name: "claim to settled", value: median(blocks), unit: "blocks", goal: { most: 10 }, of },
    ];
  } finally {
    await Promise.all(executors.map((executor) => executor.stop()));
    await network.close();
  }
}
