import { type AuditReport, auditTask } from "@deco-network/audit";
import type { ExecutorConfigInput, ExecutorParts } from "@deco-network/executor";
import { type Executor, startExecutor } from "@deco-network/executor";
import {
  type DecoActions,
  decoActions,
  type EndReason,
  endReasonOf,
  type Request,
  rosterOf,
  type SeatOutcome,
  seatOutcomeOf,
} from "@deco-network/sdk";
import { getProvider } from "@deco-network/sdk/actions";
import { type Address, createWalletClient, type Hash, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import {
  configOf,
  startNetwork,
  type TaskEvent,
  type TestNetwork,
} from "../../../packages/executor/test/support/network.ts";

/** How one seat ended. */
export interface SeatEnd {
  readonly outcome: SeatOutcome;
  /** DECO base units. */
  readonly paid: bigint;
  readonly slashed: bigint;
  /** How far the provider's trust less its debt moved, in tenths. */
  readonly moved: number;
  /** Whether the seat was won early enough to earn trust. */
  readonly early: boolean;
}

/** A local chain with providers that a test casts as it likes, and whose clock it can push on. */
export class TestMarket {
  readonly network: TestNetwork;
  readonly #running: Executor[] = [];
  /** Trust less debt when the last task was posted. */
  readonly #standing = new Map<number, number>();

  private constructor(network: TestNetwork) {
    this.network = network;
  }

  static async open(providers: number): Promise<TestMarket> {
    return new TestMarket(await startNetwork(providers));
  }

  /**
   * Starts the daemon of a provider (ids start at 1), with parts in place of the usual ones. It brings its own commitments and
   * reveals unless `config` says otherwise: then each deed is an event that a test can wait for.
   */
  async start(
    provider: number,
    parts: ExecutorParts = {},
    config: Partial<ExecutorConfigInput> = {},
  ): Promise<Executor> {
    const usual = this.network.providers[provider - 1];
    const executor = await startExecutor(configOf(usual, { relays: false, ...config }), parts);
    this.#running.push(executor);
    await this.network.dial(executor.endpoint);
    return executor;
  }

  /** Posts a task, or a bag of so many items, whose windows are long: a test ends them by {@link pass}. */
  async post(terms: Partial<Request>, items?: number): Promise<Hash> {
    for (const { id } of this.network.providers) {
      const { trust, debt } = await this.#provider(id);
      this.#standing.set(id, trust - debt);
    }
    const windows = { claimWindow: 30, rampSeconds: 30, commitWindow: 300, revealWindow: 300 };
    return await this.network.post({
      terms: { ...windows, minAgreeing: 2, ...terms },
      ...(items !== undefined && { items }),
    });
  }

  /** In tenths. */
  async trust(provider: number): Promise<number> {
    return (await this.#provider(provider)).trust;
  }

  /** Moves the chain's clock on. */
  async pass(seconds: number): Promise<void> {
    await this.#node("evm_increaseTime", [seconds]);
    await this.#node("evm_mine", []);
  }

  /** Puts code at an address, as if a contract had been deployed there. */
  async plant(address: Address, code: Hex): Promise<void> {
    await this.#node("anvil_setCode", [address, code]);
  }

  async #node(method: string, params: unknown[]): Promise<void> {
    const request = this.network.client.request as (call: {
      method: string;
      params: unknown[];
    }) => Promise<unknown>;
    await request({ method, params });
  }

  /** Waits until the task has at least so many events of a name; resolves to those there are. */
  async seen<Name extends TaskEvent["eventName"]>(
    task: Hash,
    name: Name,
    count = 1,
  ): Promise<Extract<TaskEvent, { eventName: Name }>[]> {
    const enough = async () => {
      const events = await this.events(task, name);
      return events.length >= count && events;
    };
    try {
      return await this.network.until(enough, 60);
    } catch (cause) {
      const names = (await this.network.events(task)).map(({ eventName }) => eventName);
      throw new RangeError(`${name} (${count}) did not follow ${names.join(", ")}`, { cause });
    }
  }

  async events<Name extends TaskEvent["eventName"]>(
    task: Hash,
    name: Name,
  ): Promise<Extract<TaskEvent, { eventName: Name }>[]> {
    const events = await this.network.events(task);
    return events.filter(
      (event): event is Extract<TaskEvent, { eventName: Name }> => event.eventName === name,
    );
  }

  /** How each provider's seat ended, by id. */
  async ends(task: Hash): Promise<Record<number, SeatEnd>> {
    const events = await this.events(task, "SeatEnded");
    const seats = await this.events(task, "SeatTaken");
    const early = new Map(seats.map(({ args }) => [args.provider, args.early]));
    return Object.fromEntries(
      events.map(({ args }) => {
        const before = this.#standing.get(args.provider) ?? 0;
        const { paid, slashed, trust, debt } = args;
        const outcome = seatOutcomeOf(args.outcome);
        const seat = { early: early.get(args.provider) ?? false, moved: trust - debt - before };
        return [args.provider, { outcome, paid, slashed, ...seat }];
      }),
    );
  }

  /** Waits for an end without a result. */
  async ended(task: Hash): Promise<{ readonly reason: EndReason; readonly refund: bigint }> {
    const [event] = await this.seen(task, "TaskEnded");
    const { reason = 0, refund = 0n } = event?.args ?? {};
    return { reason: endReasonOf(reason), refund };
  }

  async requestOf(task: Hash): Promise<Request> {
    const [posted] = await this.seen(task, "TaskPosted");
    if (posted === undefined) throw new RangeError(`no task ${task}`);
    return posted.args.request;
  }

  /** The market's actions, signed by the requester. */
  get requester(): DecoActions {
    const { deployment, accounts, rpcUrl } = this.network.devnet;
    const account = privateKeyToAccount(accounts[0]?.privateKey ?? "0x");
    const transport = http(rpcUrl);
    const client = createWalletClient({ account, chain: foundry, transport, pollingInterval: 50 });
    return decoActions({ deployment })(client);
  }

  /** Ends a task as anybody may; here, the requester. */
  async expire(task: Hash): Promise<void> {
    await this.requester.expire(await this.#ending(task));
  }

  /** Ends an accepted task whose windows are over, as anybody may; here, the requester. */
  async finalize(task: Hash): Promise<void> {
    await this.requester.finalize(await this.#ending(task));
  }

  async #ending(task: Hash) {
    const roster = rosterOf(await this.network.events(task));
    return { request: await this.requestOf(task), roster };
  }

  /** Recomputes the task from the chain, and its content from the providers. */
  async audit(task: Hash): Promise<AuditReport> {
    const { client, devnet, storage } = this.network;
    const timeoutMillis = 20_000;
    return await auditTask(
      {
        ...{ client, market: devnet.addresses.market, startBlock: BigInt(devnet.startBlock) },
        content: {
          getDocument: (digest) => storage.getDocument(digest, { timeoutMillis }),
          async readFile(cid, maxBytes) {
            const parts: Uint8Array[] = [];
            for await (const part of storage.readFile(cid, { maxBytes, timeoutMillis })) {
              parts.push(part);
            }
            return Buffer.concat(parts);
          },
        },
      },
      task,
    );
  }

  async #provider(provider: number) {
    const { client, devnet } = this.network;
    return await getProvider(client, { deployment: devnet.deployment, provider });
  }

  /** Ends the daemons, not the chain. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((executor) => executor.stop()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.network.close();
  }
}
