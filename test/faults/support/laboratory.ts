import type { DevnetOptions } from "@deco-network/devnet";
import {
  type Executor,
  type ExecutorConfigInput,
  type ExecutorParts,
  startExecutor,
} from "@deco-network/executor";
import type { Request } from "@deco-network/sdk";
import type { Hash, PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

import {
  configOf,
  startNetwork,
  type TaskEvent,
  type TestNetwork,
} from "../../../packages/executor/test/support/network.ts";
import type { Trial } from "../fault.ts";
import { buriedBy, outcomeOf, stepAfter } from "./outcome-of.ts";
import { isStep } from "./steps.ts";

/** Moves that say how an assignment ended without a seat. */
const NO_SEAT = "lost";

/** Terms under which a task lasts until a fault of some seconds is over. */
const PATIENT: Partial<Request> = {
  ...{ claimWindow: 30, rampSeconds: 30, commitWindow: 30, revealWindow: 24 },
};

/** One chain serves many tries, all of whose blocks may be undone; see {@link DevnetOptions}. */
export const REORGANISED: DevnetOptions = { blocksToUndo: 100_000 };

/** One executor's life during a try. */
export interface Daemon {
  readonly executor: Executor;
  /** Codes of its log's entries, in order. */
  readonly codes: readonly string[];
  /** Moments at which the work went on. */
  readonly steps: readonly number[];
  /** Why a task was left alone, by task. */
  readonly refusals: ReadonlyMap<Hash, string>;
}

/** A local chain, a requester and a provider whose executor is started for each try. */
export class Laboratory {
  readonly network: TestNetwork;
  #daemon: Daemon | undefined;

  /** Whether the requester connects to the executor, which can then ask it for content. */
  readonly #dials: boolean;

  private constructor(network: TestNetwork, dials: boolean) {
    this.network = network;
    this.#dials = dials;
  }

  static async open({ dials = true } = {}): Promise<Laboratory> {
    const network = await startNetwork(1, REORGANISED);
    return new Laboratory(network, dials);
  }

  /** Starts the provider's executor; the last one's place on disk is taken up. */
  async start(
    config: Partial<ExecutorConfigInput> = {},
    parts: ExecutorParts = {},
  ): Promise<Daemon> {
    await this.stop();
    const steps: number[] = [];
    const refusals = new Map<Hash, string>();
    const { codes, logger } = noting();
    const executor = await startExecutor(configOf(this.network.providers[0], config), {
      ...parts,
      logger,
      observer: {
        after: (act) => {
          if (isStep(act)) steps.push(performance.now());
          for (const transition of act.kind === "write" ? act.transitions : []) {
            if (transition.kind !== "assignment-moved" || transition.to !== NO_SEAT) continue;
            refusals.set(transition.key.task, transition.reason ?? "unknown");
          }
        },
      },
    });
    if (this.#dials) await this.network.dial(executor.endpoint);
    this.#daemon = { executor, codes, steps, refusals };
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

  /** Waits until the executor has left a task alone, and says why. */
  async refusal(daemon: Daemon, task: Hash, since: number): Promise<Trial> {
    const outcome = await this.network.until(async () => daemon.refusals.get(task), 90);
    return { outcome, recoveryMillis: Math.round(performance.now() - since) };
  }

  /** The key that the provider's executor sends with. */
  get operator(): PrivateKeyAccount {
    return privateKeyToAccount(this.network.devnet.accounts[1]?.privateKey ?? "0x");
  }

  /** Mines so many blocks that no reorganisation of the catalogue reaches what came before. */
  async distance(): Promise<void> {
    await this.anvil("anvil_mine", "0x60");
  }

  /** A call that only the local chain knows. */
  async anvil(method: string, ...params: readonly unknown[]): Promise<void> {
    type Call = { Method: string; Parameters: readonly unknown[]; ReturnType: unknown };
    await this.network.client.request<Call>({ method, params });
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
