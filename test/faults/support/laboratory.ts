import {
  type Executor,
  type ExecutorConfigInput,
  type ExecutorParts,
  startExecutor,
} from "@deco-network/executor";
import type { Request } from "@deco-network/sdk";
import type { Hash } from "viem";

import {
  configOf,
  startNetwork,
  type TaskEvent,
  type TestNetwork,
} from "../../../packages/executor/test/support/network.ts";
import type { Trial } from "../fault.ts";
import { buriedBy, outcomeOf, stepAfter } from "./outcome-of.ts";
import { isStep } from "./steps.ts";

/** Terms under which a task lasts until a fault of some seconds is over. */
const PATIENT: Partial<Request> = {
  ...{ claimWindow: 30, rampSeconds: 30, commitWindow: 30, revealWindow: 24 },
};

/** One executor's life during a try. */
export interface Daemon {
  readonly executor: Executor;
  /** Codes of its log's entries, in order. */
  readonly codes: readonly string[];
  /** Moments at which the work went on. */
  readonly steps: readonly number[];
}

/** A local chain, a requester and a provider whose executor is started for each try. */
export class Laboratory {
  readonly network: TestNetwork;
  #daemon: Daemon | undefined;

  private constructor(network: TestNetwork) {
    this.network = network;
  }

  static async open(): Promise<Laboratory> {
    const network = await startNetwork(1);
    // Deep enough that no reorganisation of the catalogue undoes the registration.
    await network.client.request<{ Method: "anvil_mine"; Parameters: [string]; ReturnType: null }>({
      method: "anvil_mine",
      params: ["0x60"],
    });
    return new Laboratory(network);
  }

  /** Starts the provider's executor; the last one's place on disk is taken up. */
  async start(
    config: Partial<ExecutorConfigInput> = {},
    parts: ExecutorParts = {},
  ): Promise<Daemon> {
    await this.stop();
    const steps: number[] = [];
    const { codes, logger } = noting();
    const executor = await startExecutor(configOf(this.network.providers[0], config), {
      ...parts,
      logger,
      journalObserver: {
        after: (transitions) => {
          if (transitions.some(isStep)) steps.push(performance.now());
        },
      },
    });
    await this.network.dial(executor.endpoint);
    this.#daemon = { executor, codes, steps };
    return this.#daemon;
  }

  async stop(): Promise<void> {
    await this.#daemon?.executor.stop();
    this.#daemon = undefined;
  }

  /** The configuration of the chain, with other endpoints. */
  chainAt(endpoints: readonly string[]): Partial<ExecutorConfigInput> {
    const chain = this.network.providers[0]?.config.chain;
    if (!chain) throw new RangeError("no provider");
    const times = { timeoutMillis: 1_000, staleMillis: 1_000 };
    return { chain: { ...chain, ...times, endpoints: [...endpoints] } };
  }

  async post(terms: Partial<Request> = {}): Promise<Hash> {
    return await this.network.post({ terms: { ...PATIENT, ...terms } });
  }

  async event(task: Hash, ...names: readonly string[]): Promise<TaskEvent> {
    return await this.network.until(
      async () =>
        (await this.network.events(task)).find(({ eventName }) => names.includes(eventName)),
      120,
    );
  }

  async buried(event: TaskEvent, depth: number): Promise<number> {
    return await buriedBy(this.network.client, event, depth);
  }

  /** Waits for the task's end; recovery counts from the moment at which the fault was over. */
  async trial(daemon: Daemon, task: Hash, over: number): Promise<Trial> {
    await this.event(task, "TaskSettled", "TaskEnded");
    const outcome = outcomeOf(await this.network.events(task));
    return { outcome, recoveryMillis: await stepAfter(daemon.steps, over) };
  }

  async close(): Promise<void> {
    await this.stop();
    await this.network.close();
  }
}

/** A logger that keeps the codes. */
function noting() {
  const codes: string[] = [];
  const note = (entry: object) => {
    if ("code" in entry && typeof entry.code === "string") codes.push(entry.code);
  };
  const quiet = () => undefined;
  const logger: NonNullable<ExecutorParts["logger"]> = {
    ...{ trace: quiet, debug: note, info: note, warn: note, error: note, fatal: note },
    child: () => logger,
  };
  return { codes, logger };
}
