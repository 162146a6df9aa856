import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { ExecutorConfigInput } from "@deco-network/executor";
import type { Request } from "@deco-network/sdk";
import type { Hash } from "viem";

import {
  startNetwork,
  type TaskEvent,
  type TestNetwork,
} from "../../../packages/executor/test/support/network.ts";
import {
  type ExecutorProcess,
  type SpawnOptions,
  spawnDaemon,
} from "../../../packages/executor/test/support/spawn-executor.ts";
import type { Trial } from "../fault.ts";
import { outcomeOf, stepAfter } from "./outcome-of.ts";

const PATIENT: Partial<Request> = {
  ...{ claimWindow: 30, rampSeconds: 30, commitWindow: 40, revealWindow: 30 },
};

/** A daemon as a process of its own. */
export interface HostedDaemon extends ExecutorProcess {
  readonly codes: readonly string[];
  readonly steps: readonly number[];
}

/** A local chain, and the shipped daemon on a host that a try makes worse. */
export class HostLaboratory {
  readonly network: TestNetwork;
  #daemon: HostedDaemon | undefined;

  private constructor(network: TestNetwork) {
    this.network = network;
  }

  static async open(): Promise<HostLaboratory> {
    return new HostLaboratory(await startNetwork(1));
  }

  /** A folder for one daemon's data. */
  async folder(name: string): Promise<string> {
    const folder = join(this.network.folder, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async spawn(
    dataFolder: string,
    options: SpawnOptions,
    config: Partial<ExecutorConfigInput> = {},
  ): Promise<HostedDaemon> {
    const [provider] = this.network.providers;
    if (!provider) throw new RangeError("no provider");
    const codes: string[] = [];
    const steps: number[] = [];
    const onLog = (line: string) => {
      const code = codeOf(line);
      if (code !== undefined) codes.push(code);
      if (code === "assignment-moved") steps.push(performance.now());
    };
    const log = { level: "info" } as const;
    // Named, so that it is dialled again when a timer that runs wild has dropped it.
    const storage = { peers: this.network.storage.addresses() };
    const hosted = {
      ...provider,
      config: { ...provider.config, storage, ...config, dataFolder, log },
    };
    const process = await spawnDaemon(this.network, hosted, { ...options, onLog });
    this.#daemon = { ...process, codes, steps };
    await this.network.dial(process.endpoint);
    return this.#daemon;
  }

  async post(terms: Partial<Request> = {}): Promise<Hash> {
    return await this.network.post({ terms: { ...PATIENT, ...terms } });
  }

  async event(task: Hash, ...names: readonly string[]): Promise<TaskEvent> {
    return await this.network.until(
      async () =>
        (await this.network.events(task)).find(({ eventName }) => names.includes(eventName)),
      150,
    );
  }

  async trial(daemon: HostedDaemon, task: Hash, over: number): Promise<Trial> {
    await this.event(task, "TaskSettled", "TaskEnded").catch((error: unknown) => {
      throw new RangeError(`${String(error)}; last logged: ${daemon.codes.slice(-6).join(" ")}`);
    });
    const outcome = outcomeOf(await this.network.events(task));
    return { outcome, recoveryMillis: await stepAfter(daemon.steps, over) };
  }

  /** Ends the daemon as a power cut does: the next try begins with another one. */
  async stop(): Promise<void> {
    await this.#daemon?.kill();
    this.#daemon = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.network.close();
  }
}

function codeOf(line: string): string | undefined {
  try {
    const { code } = JSON.parse(line) as { code?: unknown };
    return typeof code === "string" ? code : undefined;
  } catch {
    // Node's own warnings are no JSON.
    return undefined;
  }
}
