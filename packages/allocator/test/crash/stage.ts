import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Executor, startExecutor } from "@deco-network/executor";
import {
  AllocatorClient,
  connectProviders,
  isRequesterError,
  type Market,
  type ProviderConnections,
  signOrder,
  type TaskRecord,
  TaskRecords,
} from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { createWalletClient, type Hash, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { BlockTicker } from "../../../../test/support/crash/block-ticker.ts";
import type { Stage as CrashStage } from "../../../../test/support/crash/campaign.ts";
import type { Play } from "../../../../test/support/crash/drive.ts";
import { type Life, startLife } from "../../../../test/support/crash/life.ts";
import type { Point } from "../../../../test/support/crash/point.ts";
import {
  configOf,
  startNetwork,
  type TestNetwork,
} from "../../../executor/test/support/network.ts";
import type { AllocatorSettingsInput } from "../../src/index.ts";
import type { Scenario } from "./scenarios.ts";

const SCRIPT = fileURLToPath(new URL("crash-process.ts", import.meta.url));
const PROVIDERS = [1, 2] as const;
const BLOCK_MILLIS = 250;
const SETTINGS: AllocatorSettingsInput = {
  ...{ pollMillis: 100, confirmations: 2, windowSeconds: 20, patienceSeconds: 90 },
  ...{ offerMillis: 5_000, bumpAfterBlocks: 6 },
};

/** What the process under test is given. */
export interface SubjectConfig {
  readonly rpcUrl: string;
  readonly deployment: TestNetwork["devnet"]["deployment"];
  readonly privateKey: string;
  readonly folder: string;
  readonly settings: AllocatorSettingsInput;
}

export type SignedOrder = TaskRecord & { readonly handedTo: NonNullable<TaskRecord["handedTo"]> };

/** What the subject has told of an order. */
export interface Told {
  /** Everything that it wrote and sent, in order. */
  readonly did: string[];
  /** Nonces of what it signed, by the transaction's purpose. */
  readonly nonces: Map<string, Set<number>>;
}

/** How handing an order over went: the states that were told, each when it was new. */
export interface HandedOver {
  readonly states: string[];
  done: boolean;
}

/** One chain, two executors, one requester, and the allocator that is killed again and again. */
export class Stage implements CrashStage<Scenario> {
  readonly network: TestNetwork;
  readonly market: Market;
  readonly blocks: BlockTicker;
  readonly #records: TaskRecords;
  readonly #executors: Executor[] = [];
  readonly #told = new Map<Hash, Told>();
  readonly #client: AllocatorClient;
  readonly #connections: ProviderConnections;
  #onTold: (task: Hash, did: string) => void = () => undefined;
  #life: Life | undefined;

  private constructor(network: TestNetwork, market: Market, connections: ProviderConnections) {
    this.network = network;
    this.market = market;
    this.#connections = connections;
    this.#client = new AllocatorClient(market, network.storage, this.#key(0));
    this.#records = new TaskRecords(join(network.folder, "records"));
    this.blocks = new BlockTicker(() => this.node("evm_mine", []), BLOCK_MILLIS);
  }

  static async open(): Promise<Stage> {
    // The last account of the chain is the allocator's.
    const network = await startNetwork(PROVIDERS.length + 1);
    const { devnet, storage, client } = network;
    const account = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
    const transport = http(devnet.rpcUrl);
    const wallet = createWalletClient({ account, chain: foundry, transport, pollingInterval: 100 });
    const market = { client: wallet, deployment: devnet.deployment };
    const connections = await connectProviders(market, storage, { pollMillis: 200 });
    const request = client.request as (call: object) => Promise<unknown>;
    await request({ method: "evm_setIntervalMining", params: [0] });
    const stage = new Stage(network, market, connections);
    const endpoint = await (await stage.#start(undefined)).ready;
    if (endpoint === undefined) throw new RangeError("the allocator does not start");
    for (const provider of PROVIDERS) {
      const allocators = [{ address: stage.allocator.address, endpoints: endpoint.split(",") }];
      const usual = network.providers[provider - 1];
      const config = configOf(usual, { allocators, offers: { heartbeatMillis: 300 } });
      stage.#executors.push(await startExecutor(config));
    }
    return stage;
  }

  get allocator() {
    return this.#key(-1);
  }

  #key(index: number) {
    return privateKeyToAccount(this.network.devnet.accounts.at(index)?.privateKey ?? "0x");
  }

  /** A client that signs for an account of the chain. */
  wallet(index: number) {
    const transport = http(this.network.devnet.rpcUrl);
    return createWalletClient({ account: this.#key(index), chain: foundry, transport });
  }

  told(task: Hash): Told {
    const told = this.#told.get(task) ?? { did: [], nonces: new Map() };
    this.#told.set(task, told);
    return told;
  }

  play(scenario: Scenario): Play {
    let signed: SignedOrder | undefined;
    const order = () => {
      if (signed === undefined) throw new RangeError("it has not begun");
      return signed;
    };
    const handed: HandedOver = { states: [], done: false };
    return {
      name: scenario.name,
      enter: async (arm) => {
        await this.#life?.arm(arm ?? "nothing");
        return this.#life ?? (await this.#start(arm));
      },
      begin: async () => {
        await this.#life?.ready;
        signed = await this.#sign(await scenario.terms(this));
        const { taskId } = signed;
        const once = new Set<string>();
        this.#onTold = (task, did) => {
          if (task !== taskId || once.has(did)) return;
          once.add(did);
          scenario.onFirst?.(this, order(), did);
        };
      },
      steer: async (signal) => {
        while (!handed.done && !signal.aborted) await this.#handOver(order(), handed, signal);
      },
      restart: async (arm) => {
        const life = await this.#start(arm);
        void this.blocks.pauseFor(life);
        return life;
      },
      isOver: async () => handed.done && (await scenario.isOver(this, order().taskId)),
      stand: () => `${handed.states}; ${this.told(order().taskId).did.slice(-5)}`,
      loss: async () => {
        this.#onTold = () => undefined;
        this.blocks.resume();
        return (
          (await this.#forgotten(order(), handed)) ?? (await scenario.loss(this, order(), handed))
        );
      },
    };
  }

  async node(method: string, params: readonly unknown[]): Promise<unknown> {
    const request = this.network.client.request as (call: object) => Promise<unknown>;
    return await request({ method, params });
  }

  async end(): Promise<void> {
    await this.#life?.kill().catch(() => undefined);
    this.#life = undefined;
  }

  async close(): Promise<void> {
    await this.end();
    await Promise.all(this.#executors.map((executor) => executor.stop()));
    await this.#connections.close();
    await this.#client.close();
    await this.blocks.stop();
    await this.network.close();
  }

  async #sign(terms: Partial<Request>): Promise<SignedOrder> {
    const request = await this.network.request({
      terms: { allocator: this.allocator.address, allocatorWindow: 20, ...terms },
    });
    const endpoints = ((await this.#life?.ready) ?? "").split(",");
    return await signOrder(this.market, { request, endpoints, records: this.#records });
  }

  /** Hands it over as a requester does: again when nobody answers. */
  async #handOver(
    { taskId, request, handedTo }: SignedOrder,
    handed: HandedOver,
    signal: AbortSignal,
  ): Promise<void> {
    const { signature, endpoints } = handedTo;
    try {
      await this.#client.handOver(
        { taskId, request, signature, endpoints },
        { signal, pollMillis: 100, onStatus: ({ state }) => handed.states.push(state) },
      );
      handed.done = true;
    } catch (error) {
      if (isRequesterError(error, "allocator-refused")) handed.done = true;
      else if (!isRequesterError(error, "allocator-silent")) throw error;
    }
  }

  /** Asks once more: an order that was acknowledged is still known, and has come to its end. */
  async #forgotten(order: SignedOrder, handed: HandedOver): Promise<string | undefined> {
    await this.#life?.ready;
    const again: HandedOver = { states: [], done: false };
    await this.#handOver(order, again, AbortSignal.timeout(10_000));
    const [now] = again.states;
    const { did } = this.told(order.taskId);
    const end = did.findLast((each) => each === "order-opened" || each === "order-refused");
    const due = end === "order-opened" ? "opened" : "refused";
    return now === due ? undefined : `told ${handed.states}, then ${now}`;
  }

  async #start(arm: Point | undefined): Promise<Life> {
    const { devnet, folder } = this.network;
    const config: SubjectConfig = {
      ...{ rpcUrl: devnet.rpcUrl, deployment: devnet.deployment, settings: SETTINGS },
      privateKey: devnet.accounts.at(-1)?.privateKey ?? "0x",
      folder: join(folder, "subject"),
    };
    const file = join(folder, "subject.json");
    await writeFile(file, JSON.stringify(config));
    const life = startLife({
      ...{ script: SCRIPT, args: [file], arm },
      onTold: (line) => {
        const { task, did, nonce } = line as { task: Hash; did: string; nonce?: number };
        const told = this.told(task);
        told.did.push(did);
        if (nonce !== undefined) {
          const purpose = did.split(" ").at(-1) ?? "";
          told.nonces.set(purpose, new Set([...(told.nonces.get(purpose) ?? []), nonce]));
        }
        this.#onTold(task, did);
      },
    });
    this.#life = life;
    return life;
  }
}
