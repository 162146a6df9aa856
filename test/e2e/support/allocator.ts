import { join } from "node:path";

import { type Allocator, startAllocator } from "@deco-network/allocator";
import { auditTask } from "@deco-network/audit";
import type { DevnetOptions } from "@deco-network/devnet";
import {
  type Executor,
  type ExecutorConfigInput,
  type ExecutorParts,
  startExecutor,
} from "@deco-network/executor";
import { heartbeats, type MessengerEvent } from "@deco-network/p2p";
import {
  AllocatorClient,
  connectProviders,
  type HandOverOptions,
  type Market,
  type ProviderConnections,
  signOrder,
  type TaskRecord,
  TaskRecords,
} from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { type Address, createWalletClient, getAddress, type Hash, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import {
  configOf,
  startNetwork,
  type TestNetwork,
} from "../../../packages/executor/test/support/network.ts";

export type SignedOrder = TaskRecord & { readonly handedTo: NonNullable<TaskRecord["handedTo"]> };

/** A local chain with providers, a requester, and an allocator that a test starts and stops. */
export class AllocatedMarket {
  readonly network: TestNetwork;
  readonly market: Market;
  readonly #records: TaskRecords;
  readonly #executors = new Map<number, Executor>();
  #allocator: Allocator | undefined;
  /** Operators whose heartbeats came to the allocator that runs now. */
  readonly #heard = new Set<Address>();
  #client: AllocatorClient | undefined;
  #connections: ProviderConnections | undefined;

  private constructor(network: TestNetwork) {
    this.network = network;
    const { devnet } = network;
    const account = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
    const transport = http(devnet.rpcUrl);
    const client = createWalletClient({ account, chain: foundry, transport, pollingInterval: 100 });
    this.market = { client, deployment: devnet.deployment };
    this.#records = new TaskRecords(join(network.folder, "records"));
  }

  /** The last account of the chain is the allocator's. */
  static async open(providers: number, chain: DevnetOptions = {}): Promise<AllocatedMarket> {
    return new AllocatedMarket(await startNetwork(providers + 1, chain));
  }

  get allocator(): Allocator {
    if (!this.#allocator) throw new RangeError("no allocator runs");
    return this.#allocator;
  }

  /** Account of the allocator, whether it runs or not. */
  get #account() {
    const { accounts } = this.network.devnet;
    return privateKeyToAccount(accounts.at(-1)?.privateKey ?? "0x");
  }

  /** In the local network, account n operates provider n. */
  #operator(provider: number): Address {
    const account = this.network.devnet.accounts[provider];
    return privateKeyToAccount(account?.privateKey ?? "0x").address;
  }

  async startAllocator(): Promise<Allocator> {
    const { devnet, folder } = this.network;
    const { rpcUrl, deployment } = devnet;
    this.#heard.clear();
    this.#allocator = await startAllocator({
      ...{ rpcUrl, deployment, account: this.#account, folder: join(folder, "allocator") },
      settings: { pollMillis: 100, confirmations: 1, windowSeconds: 20, patienceSeconds: 15 },
      logger: { debug: this.#note, info() {}, warn() {}, error() {} },
    });
    return this.#allocator;
  }

  /** Keeps who sent heartbeats, which the allocator tells nowhere but in its log. */
  readonly #note = (entry: unknown): void => {
    const { event } = entry as { event?: MessengerEvent };
    if (event?.type === "answered" && event.protocol === heartbeats.id) {
      this.#heard.add(getAddress(event.sender));
    }
  };

  /** Waits until these executors have sent the allocator a heartbeat: only then does it fold. */
  async heard(...providers: readonly number[]): Promise<void> {
    await this.network.until(async () =>
      providers.every((provider) => this.#heard.has(this.#operator(provider))),
    );
  }

  async stopAllocator(): Promise<void> {
    await this.#allocator?.stop();
    this.#allocator = undefined;
  }

  /** Starts a provider's daemon that lists the allocator, unless told otherwise. */
  async startExecutor(
    provider: number,
    config: Partial<ExecutorConfigInput> = {},
    parts: ExecutorParts = {},
  ): Promise<void> {
    const allocators = [
      { address: this.#account.address, endpoints: [...(this.#allocator?.endpoints ?? [])] },
    ];
    const usual = this.network.providers[provider - 1];
    const offers = { heartbeatMillis: 500 };
    this.#heard.delete(this.#operator(provider));
    const configured = configOf(usual, { allocators, offers, ...config });
    const executor = await startExecutor(configured, parts);
    this.#executors.set(provider, executor);
  }

  async stopExecutor(provider: number): Promise<void> {
    await this.#executors.get(provider)?.stop();
    this.#executors.delete(provider);
  }

  /** Signs a request that names the allocator. */
  async sign(terms: Partial<Request> = {}): Promise<SignedOrder> {
    const request = await this.network.request({
      terms: { allocator: this.#account.address, allocatorWindow: 20, ...terms },
    });
    const endpoints = this.#allocator?.endpoints ?? [];
    return await signOrder(this.market, { request, endpoints, records: this.#records });
  }

  /** Hands a signed request over, as `deco run` does: providers are connected first. */
  async handOver(signed: SignedOrder, options: HandOverOptions = {}): Promise<void> {
    const { storage } = this.network;
    const account = privateKeyToAccount(this.network.devnet.accounts[0]?.privateKey ?? "0x");
    this.#connections ??= await connectProviders(this.market, storage, { pollMillis: 200 });
    this.#client ??= new AllocatorClient(this.market, storage, account);
    const { taskId, request, handedTo } = signed;
    const { endpoints } = this.#allocator ?? handedTo;
    const handed = { taskId, request, signature: handedTo.signature, endpoints };
    await this.#client.handOver(handed, options);
  }

  /** Waits until the task has this event. */
  async seen(task: Hash, name: string): Promise<void> {
    await this.network.until(async () => {
      const events = await this.network.events(task);
      return events.some(({ eventName }) => eventName === name);
    }, 90);
  }

  /** Fails unless the auditor, who knows nothing but the chain and content, finds everything in order. */
  async audited(task: Hash): Promise<void> {
    const { devnet, storage, client } = this.network;
    const { market, startBlock } = devnet.deployment;
    const content = {
      getDocument: (digest: Hash) => storage.getDocument(digest),
      readFile: () => {
        throw new RangeError("no file is asked for");
      },
    };
    const source = { client, market, content, startBlock: BigInt(startBlock) };
    const report = await auditTask(source, task);
    const failed = report.checks.filter(({ status }) => status !== "passed");
    if (failed.length > 0) throw new RangeError(JSON.stringify(failed));
  }

  async close(): Promise<void> {
    await this.#connections?.close();
    await this.#client?.close();
    await this.stopAllocator();
    await Promise.all([...this.#executors.values()].map((executor) => executor.stop()));
    await this.network.close();
  }
}
