import {
  introductions,
  isP2pError,
  type MessageSigner,
  Messenger,
  type OrderStatus,
  order,
  orders,
} from "@deco-network/p2p";
import type { Request } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Address, Hex } from "viem";
import { getBlock } from "viem/actions";

import { abortedError, RequesterError } from "../errors.ts";
import type { Market } from "../market/market.ts";
import { sleep } from "../runtime/sleep.ts";
import { wasOpened } from "./was-opened.ts";

/** An allocator as it introduced itself. */
export interface AllocatorIntroduction {
  readonly address: Address;
  /** Seconds that requests should leave it. */
  readonly windowSeconds: number;
}

export interface HandOver {
  readonly taskId: Hex;
  readonly request: Request;
  /** Of the request, by its requester. */
  readonly signature: Hex;
  /** Multiaddrs of the allocator's node. */
  readonly endpoints: readonly string[];
}

export interface HandOverOptions {
  readonly signal?: AbortSignal;
  readonly onStatus?: (status: OrderStatus) => void;
  /** Called when the allocator stopped answering, once for each silence. */
  readonly onSilence?: () => void;
  /** Pause between two questions; default: the client's polling interval. */
  readonly pollMillis?: number;
}

/** The first answer waits for checks: the allocator fetches the program. */
const ORDER_TIMEOUT_MILLIS = 30_000;

/** Talks to allocators over the node that serves the task's input. */
export class AllocatorClient {
  readonly #market: Market;
  readonly #messenger: Messenger;
  /** Second of the latest block that was read. */
  #now = 0;

  /** @param signer Signs the messages; usually the requester. */
  constructor(market: Market, storage: Storage, signer: MessageSigner) {
    this.#market = market;
    const { libp2p } = storage;
    if (libp2p === undefined) throw new TypeError("The storage has no peer-to-peer node.");
    this.#messenger = new Messenger({
      ...{ host: libp2p, signer, domain: market.deployment },
      now: () => this.#now,
    });
  }

  /**
   * Asks a node who it is.
   * @throws RequesterError `allocator-silent` when it is none; P2pError
   */
  async introduce(
    endpoints: readonly string[],
    signal: AbortSignal,
  ): Promise<AllocatorIntroduction> {
    await this.#readClock();
    const { sender, body } = await this.#messenger.ask(
      introductions,
      { endpoints },
      {},
      { signal },
    );
    const { role, allocatorWindow } = body;
    if (role === "allocator" && allocatorWindow !== undefined) {
      return { address: sender, windowSeconds: allocatorWindow };
    }
    throw new RequesterError("allocator-silent", `The node at ${endpoints[0]} is no allocator.`, {
      remedy: "Give the endpoint that `deco allocator start` prints.",
    });
  }

  /**
   * Hands a signed request over and waits until its task is open.
   * @throws RequesterError `allocator-refused`, `allocator-silent`, `aborted`; the request can then
   *   be cancelled, or opened by anyone who has its signature
   */
  async handOver(handed: HandOver, options: HandOverOptions = {}): Promise<void> {
    const signal = options.signal ?? new AbortController().signal;
    const { request, taskId } = handed;
    const pollMillis = options.pollMillis ?? this.#market.client.pollingInterval;
    const told = { state: "", silent: false };
    // Until it answers, its own window is what it may be silent for.
    let until = (await this.#readClock()) + request.allocatorWindow;
    while (true) {
      if (signal.aborted) throw abortedError(signal);
      const status = await this.#ask(handed, signal);
      if (status !== undefined) {
        until = status.until + request.allocatorWindow;
        if (status.state !== told.state) options.onStatus?.(status);
        told.state = status.state;
        if (status.state === "refused") {
          if (await wasOpened(this.#market, taskId)) return;
          throw refused(status);
        }
      } else if (!told.silent) options.onSilence?.();
      told.silent = status === undefined;
      // A silent allocator may have opened it all the same.
      if (status?.state === "opened" || told.silent) {
        if (await wasOpened(this.#market, taskId)) return;
      }
      if ((await this.#readClock()) > until) throw silent(taskId);
      await sleep(pollMillis, signal);
    }
  }

  async close(): Promise<void> {
    await this.#messenger.close();
  }

  /** Undefined when there is no answer. */
  async #ask(
    { request, signature, endpoints }: HandOver,
    signal: AbortSignal,
  ): Promise<OrderStatus | undefined> {
    const to = { endpoints, address: request.allocator };
    try {
      const options = { signal, timeoutMillis: ORDER_TIMEOUT_MILLIS };
      return (await this.#messenger.ask(orders, to, order(request, signature), options)).body;
    } catch (error) {
      if (signal.aborted) throw abortedError(signal);
      if (isP2pError(error)) return undefined;
      throw error;
    }
  }

  async #readClock(): Promise<number> {
    const { timestamp } = await getBlock(this.#market.client, { blockTag: "latest" });
    this.#now = Number(timestamp);
    return this.#now;
  }
}

function refused({ taskId, reason = "unknown", detail }: OrderStatus): RequesterError {
  const text = detail === undefined ? "" : ` ${detail}`;
  return new RequesterError(
    "allocator-refused",
    `The allocator refused the request: ${reason}.${text}`,
    { remedy: cancelRemedy(taskId) },
  );
}

function silent(taskId: Hex): RequesterError {
  return new RequesterError("allocator-silent", "The allocator is silent past its window.", {
    remedy: cancelRemedy(taskId),
  });
}

function cancelRemedy(taskId: Hex): string {
  return `Make the signed request worthless with \`deco task cancel ${taskId}\`, then run the job without --allocator or with another one.`;
}
