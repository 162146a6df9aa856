import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import {
  ballots,
  heartbeats,
  introductions,
  Messenger,
  type MessengerEvent,
  orders,
} from "@deco-network/p2p";
import type { DecoDeployment } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import { type Address, createPublicClient, http, type PrivateKeyAccount } from "viem";

import type { ActObserver } from "./acts.ts";
import { Dispatcher } from "./chain/dispatcher.ts";
import { type Head, readHead } from "./chain/market.ts";
import { Matcher } from "./matching/matcher.ts";
import { OrderDesk } from "./orders/order-desk.ts";
import { Directory } from "./providers/directory.ts";
import { Relay } from "./relay/relay.ts";
import { openAtLastAddress } from "./runtime/addresses.ts";
import { createLogger, type Logger } from "./runtime/logger.ts";
import { pause } from "./runtime/pause.ts";
import { type AllocatorSettingsInput, parseSettings } from "./settings.ts";
import { OrderStore } from "./store/order-store.ts";

export interface AllocatorOptions {
  /** JSON-RPC over HTTP. */
  readonly rpcUrl: string;
  readonly deployment: DecoDeployment;
  /** Signs what it says and sends what it matches. */
  readonly account: PrivateKeyAccount;
  /** Orders, node key and addresses; one allocator at a time. */
  readonly folder: string;
  readonly settings?: AllocatorSettingsInput;
  readonly logger?: Logger;
  readonly observer?: ActObserver;
}

/** A running allocator. */
export interface Allocator {
  readonly address: Address;
  /** Multiaddrs with `/p2p/<peer id>`. */
  readonly endpoints: readonly string[];
  /** Takes no more orders, waits for what is being sent, and stops; orders go on at the next start. Idempotent. */
  stop(): Promise<void>;
}

/** Orders that ended are remembered this long, for those who ask again. */
const REMEMBER_SECONDS = 7 * 86_400;

/**
 * Starts an allocator: continues what its folder holds, then takes orders.
 * @throws AllocatorError, StorageError: what keeps it from starting; nothing stays open
 */
export async function startAllocator(options: AllocatorOptions): Promise<Allocator> {
  const settings = parseSettings(options.settings ?? {});
  const { account, deployment, folder, rpcUrl, observer } = options;
  const logger = options.logger ?? createLogger("info");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { chainId, market } = deployment;
  const identity = { chainId, market, allocator: account.address };
  const store = new OrderStore(join(folder, "orders.sqlite"), identity, observer);
  let storage: Storage | undefined;
  try {
    const client = createPublicClient({ transport: http(rpcUrl) });
    let head: Head = await readHead(client);
    const chain = { client, deployment };
    const node = { folder: join(folder, "storage"), listen: settings.listen };
    storage = await openAtLastAddress(node, join(folder, "addresses.json"));
    const shared = { chain, store, head: () => head, logger };
    const directory = new Directory({ ...shared, forgetSeconds: settings.forgetSeconds });
    const dispatcher = new Dispatcher({ ...shared, account, observer, ...settings });
    const messenger = openMessenger(storage, { account, deployment, head: () => head, logger });
    const matcher = new Matcher({ ...shared, directory, dispatcher, messenger, settings });
    const relay = new Relay({ ...shared, dispatcher });
    const stopping = new AbortController();
    const { signal } = stopping;
    const context = { chain, storage, allocator: account.address };
    const onOrder = () => matcher.look(signal);
    const desk = new OrderDesk({ ...shared, context, ...settings, onOrder });

    const look = async () => {
      head = await readHead(client);
      await directory.look(signal);
      await dispatcher.look();
      matcher.look(signal);
      store.record({ kind: "ended-forgotten", before: head.timestamp - REMEMBER_SECONDS });
    };
    const keepLooking = async () => {
      while (!signal.aborted) {
        await look().catch((err: unknown) => {
          if (!signal.aborted) logger.warn({ code: "look-failed", err }, "The chain was not read.");
        });
        await pause(settings.pollMillis, signal);
      }
    };
    await look();
    await messenger.serve(introductions, async () => ({
      role: "allocator",
      allocatorWindow: settings.windowSeconds,
    }));
    await messenger.serve(heartbeats, async (message) => {
      await directory.hear(message);
      return { forgottenAfter: settings.forgetSeconds };
    });
    await messenger.serve(orders, ({ body }, until) => desk.answer(body, until));
    await messenger.serve(ballots, async (message) => ({ ...(await relay.hear(message)) }));
    const running = keepLooking();
    const endpoints = storage.addresses();
    logger.info({ code: "allocator-ready", ...identity, endpoints }, "Ready for orders.");

    const opened = storage;
    let stopped: Promise<void> | undefined;
    const shutDown = async () => {
      stopping.abort();
      await messenger.close();
      await Promise.all([running, matcher.stopped(), relay.stopped()]);
      await opened.close();
      store.close();
      logger.info({ code: "allocator-stopped" }, "Stopped.");
    };
    return {
      ...{ address: account.address, endpoints },
      stop() {
        stopped ??= shutDown();
        return stopped;
      },
    };
  } catch (error) {
    await storage?.close();
    store.close();
    throw error;
  }
}

function openMessenger(
  { libp2p }: Storage,
  {
    account,
    deployment,
    head,
    logger,
  }: Pick<AllocatorOptions, "account" | "deployment"> & { head: () => Head; logger: Logger },
): Messenger {
  if (libp2p === undefined) throw new TypeError("The storage was opened with peer-to-peer.");
  return new Messenger({
    ...{ host: libp2p, signer: account, domain: deployment },
    now: () => head().timestamp,
    onEvent: (event: MessengerEvent) => {
      if (event.type === "handler-failed") {
        logger.error({ code: "message-failed", err: event.error }, "A message was not answered.");
      } else {
        logger.debug({ code: `message-${event.type}`, event }, "A message came.");
      }
    },
  });
}
