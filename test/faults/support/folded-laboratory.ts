import type { Hash, PublicClient } from "viem";

import type { TaskEvent } from "../../../packages/executor/test/support/network.ts";
import { AllocatedMarket } from "../../e2e/support/allocator.ts";
import type { Trial } from "../fault.ts";
import { REORGANISED } from "./laboratory.ts";
import { buriedBy, outcomeOf, stepAfter } from "./outcome-of.ts";
import { isStep } from "./steps.ts";

const PROVIDERS = [1, 2] as const;
const ROUND = {
  ...{ replicas: 2, maxReplicas: 2, minAgreeing: 2, commitWindow: 60, revealWindow: 60 },
};

/** An allocator with two executors that list it: what it opens is folded. */
export class FoldedLaboratory {
  readonly #market: AllocatedMarket;
  readonly #steps: number[] = [];

  private constructor(market: AllocatedMarket) {
    this.#market = market;
  }

  static async open(): Promise<FoldedLaboratory> {
    const market = await AllocatedMarket.open(PROVIDERS.length, REORGANISED);
    const lab = new FoldedLaboratory(market);
    await market.startAllocator();
    for (const provider of PROVIDERS) {
      await market.startExecutor(
        provider,
        {},
        {
          observer: {
            after: (act) => {
              if (isStep(act)) lab.#steps.push(performance.now());
            },
          },
        },
      );
    }
    await market.heard(...PROVIDERS);
    return lab;
  }

  get client(): PublicClient {
    return this.#market.network.client;
  }

  /** Mines so many blocks that no reorganisation of the catalogue reaches what came before. */
  async distance(): Promise<void> {
    type Call = { Method: "anvil_mine"; Parameters: [string]; ReturnType: null };
    await this.client.request<Call>({ method: "anvil_mine", params: ["0x60"] });
  }

  /** Has the allocator open a task. */
  async open(): Promise<Hash> {
    const signed = await this.#market.sign(ROUND);
    await this.#market.handOver(signed);
    return signed.taskId;
  }

  async event(task: Hash, ...names: readonly string[]): Promise<TaskEvent> {
    const { network } = this.#market;
    return await network.until(
      async () => (await network.events(task)).find(({ eventName }) => names.includes(eventName)),
      150,
    );
  }

  async buried(event: TaskEvent, depth: number): Promise<number> {
    return await buriedBy(this.client, event, depth);
  }

  async trial(task: Hash, over: number): Promise<Trial> {
    await this.event(task, "TaskSettled", "TaskEnded");
    const outcome = outcomeOf(await this.#market.network.events(task));
    return { outcome, recoveryMillis: await stepAfter(this.#steps, over) };
  }

  async close(): Promise<void> {
    await this.#market.close();
  }
}
