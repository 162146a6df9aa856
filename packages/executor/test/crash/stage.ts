import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Request } from "@deco-network/sdk";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { type Address, createWalletClient, type Hash, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

import { projectRoot } from "../../../../scripts/lib/project.ts";
import type { Stage as CrashStage } from "../../../../test/support/crash/campaign.ts";
import { type Play, pause } from "../../../../test/support/crash/drive.ts";
import type { Life } from "../../../../test/support/crash/life.ts";
import type { Point } from "../../../../test/support/crash/point.ts";
import {
  deployZkPolicy,
  type PreparedCircuit,
  prepareCircuit,
  publishedKey,
} from "../../../../test/support/zk-policy.ts";
import type { AssignmentState } from "../../src/index.ts";
import { publishCircuit } from "../support/circuit-task.ts";
import { FoldingAllocator } from "../support/folding-allocator.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import type { Scenario } from "./scenarios.ts";
import { type Mode, startLife } from "./subject.ts";

const DAY = 86_400;
/** Seconds that results are kept: long enough to be seen, short enough to see their end. */
const RETENTION = 2;

/** One chain, one requester, one allocator, and the executor that is killed again and again. */
export class Stage implements CrashStage<Scenario> {
  readonly network: TestNetwork;
  readonly allocator: FoldingAllocator;
  readonly #policy: Address;
  /** One that a scenario has removed. */
  #doomed: Address;
  readonly #compiled: string;
  #circuit: Promise<PreparedCircuit> | undefined;
  readonly #states = new Map<Hash, Set<AssignmentState>>();
  #life: Life | undefined;
  #mode: Mode = "run";
  #folders = 0;

  private constructor(
    network: TestNetwork,
    allocator: FoldingAllocator,
    policy: Address,
    compiled: string,
  ) {
    this.#policy = policy;
    this.#doomed = policy;
    this.#compiled = compiled;
    this.network = network;
    this.allocator = allocator;
  }

  /** @param providers Registered ones; the subject is the first, and alone it is drawn soonest */
  static async open(providers = 1): Promise<Stage> {
    // Account n operates provider n; the last is the allocator's.
    const network = await startNetwork(providers, { accounts: providers + 2 });
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    // Below the root: the compiler of circuits sees no other folder.
    const compiled = await mkdtemp(join(projectRoot, "cache", "crash-"));
    const policy = await deployZkPolicy(network.devnet, [await publishedKey("sum-of-squares")]);
    return new Stage(network, await FoldingAllocator.open(network), policy, compiled);
  }

  /** A request for the sum of squares of this many numbers, to be proven. */
  async proven(n: number, terms: Partial<Request>, policy = this.#policy): Promise<Request> {
    this.#circuit ??= prepareCircuit("sum-of-squares", this.#compiled);
    const of = { policy, circuit: await this.#circuit };
    const signals = { n: String(n), salt: "1234567890123456789" };
    const { storage } = this.network;
    const named = await publishCircuit(storage, of, signals, signals, this.#compiled);
    return await this.network.request({ terms: { ...terms, ...named } });
  }

  /** A policy like the other, that may be removed. */
  get doomed(): Address {
    return this.#doomed;
  }

  /** What was removed is so for ever: the next life serves another. */
  async renewDoomed(): Promise<void> {
    await this.end();
    this.#doomed = await deployZkPolicy(this.network.devnet, [
      await publishedKey("sum-of-squares"),
    ]);
  }

  /** What governance does with a policy that is found broken; in a local network its key is the deployer's. */
  async removeDoomed(): Promise<void> {
    const { deployer, rpcUrl, addresses } = this.network.devnet;
    const wallet = createWalletClient({
      ...{ account: privateKeyToAccount(deployer.privateKey), transport: http(rpcUrl) },
    });
    await wallet.writeContract({
      ...{ chain: null, address: addresses.parameters, abi: decoParametersAbi },
      ...{ functionName: "tombstonePolicy", args: [this.#doomed] },
    });
  }

  play(scenario: Scenario): Play {
    const { name, mode, fresh, removes, steer } = scenario;
    let task: Hash | undefined;
    return {
      name,
      enter: async (arm) => {
        if (fresh) await this.renew();
        if (removes) await this.renewDoomed();
        return await this.live(mode, arm);
      },
      begin: async () => {
        // Windows are for the kills, not for a start that came before.
        if (!fresh) await this.#life?.ready;
        task = await scenario.begin(this);
      },
      steer: async (signal) => {
        if (task) await steer?.(this, task, signal);
      },
      restart: (arm) => this.restart(mode, arm),
      isOver: async () => {
        if (task) return this.statesOf(task).has("released");
        return (await Promise.race([this.#life?.ready, pause()])) !== undefined;
      },
      stand: () => (task ? ([...this.statesOf(task)].at(-1) ?? "unseen") : "starting"),
      loss: () => scenario.loss(this, task ?? "0x"),
    };
  }

  get life(): Life | undefined {
    return this.#life;
  }

  get configFile(): string {
    return join(this.network.folder, "subject.json");
  }

  get dataFolder(): string {
    return join(this.network.folder, `subject-${this.#folders}`);
  }

  /** States that the subject has journaled for a task. */
  statesOf(task: Hash): ReadonlySet<AssignmentState> {
    return this.#states.get(task) ?? new Set();
  }

  /** Forgets what the subject knew: the next life begins with an empty folder. */
  async renew(): Promise<void> {
    await this.end();
    this.#folders++;
  }

  /** The life that runs, with this point told to it; a new one if none does, or it works otherwise. */
  async live(mode: Mode, arm?: Point): Promise<Life> {
    if (this.#life && mode === this.#mode) {
      await this.#life.arm(arm ?? "nothing");
      return this.#life;
    }
    await this.end();
    return await this.restart(mode, arm);
  }

  /** A new life after the last one ended. */
  async restart(mode: Mode, arm?: Point): Promise<Life> {
    const [provider] = this.network.providers;
    const { config } = provider ?? {};
    const settings = {
      ...{ ...config, dataFolder: this.dataFolder },
      timing: { ...config?.timing, drain: 20 },
      retentionDays: RETENTION / DAY,
      allocators: [this.allocator.listed],
      engines: { circuit: { policies: [...new Set([this.#policy, this.#doomed])] } },
    };
    await writeFile(this.configFile, JSON.stringify(settings));
    this.#mode = mode;
    const life = startLife({
      ...{ configFile: this.configFile, mode, arm },
      onMove: (task, state) => {
        this.#states.set(task, new Set([...this.statesOf(task), state]));
      },
    });
    this.#life = life;
    void life.ready.then((endpoint) =>
      // It may be dead again before it is reached.
      endpoint === undefined ? undefined : this.network.dial(endpoint).catch(() => undefined),
    );
    return life;
  }

  async close(): Promise<void> {
    await this.end();
    await this.allocator.close();
    await this.network.close();
    await rm(this.#compiled, { recursive: true, force: true });
  }

  /** Ends the life that runs, if one does. */
  async end(): Promise<void> {
    await this.#life?.kill().catch(() => undefined);
    this.#life = undefined;
  }
}
