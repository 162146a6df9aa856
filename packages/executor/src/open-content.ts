import { join } from "node:path";

import type {
  Gateway,
  KuboOptions,
  NamedContent,
  Storage,
  StorageEvent,
  StorageOptions,
} from "@deco-network/storage";

import type { ExecutorConfig } from "./config/schema.ts";
import { readPrivateFile } from "./identity/private-file.ts";
import type { Closers } from "./runtime/closers.ts";
import type { Logger } from "./runtime/logger.ts";
import {
  type RememberedAddresses,
  recallAddresses,
  rememberAddresses,
} from "./services/remembered-addresses.ts";

/** The executor's own IPFS node and gateway. */
export interface Content {
  readonly storage: Storage;
  /** Multiaddrs at which both are reached, comma-separated. */
  readonly endpoint: string;
}

/**
 * Opens the IPFS node and, where configured, the gateway. Ports that the system chose are asked for
 * again at the next start, so that requesters find a restarted executor where it was.
 */
export async function openContent(
  config: ExecutorConfig,
  closers: Closers,
  logger: Logger,
  named: NamedContent,
): Promise<Content> {
  const memory = join(config.dataFolder, "addresses.json");
  const last = await recallAddresses(memory);
  const storage = await openNode(config, last, logger);
  closers.add(() => storage.close());
  const served = await openGateway(config, storage, last, named);
  if (served) closers.add(() => served.close());

  const own = storage.addresses();
  await rememberAddresses(memory, {
    listen: own.map((address) => address.replace(/\/p2p\/[^/]+$/, "")),
    ...(served && { gatewayPort: Number(new URL(served.url).port) }),
  });
  const addresses = config.storage.announce ?? [...own, ...(served ? [served.multiaddr] : [])];
  return { storage, endpoint: addresses.join(",") };
}

async function openNode(
  { dataFolder, storage, capacity }: ExecutorConfig,
  last: RememberedAddresses | undefined,
  logger: Logger,
): Promise<Storage> {
  // The IPFS node is most of the executor's start; its code is loaded when its turn comes.
  const { openStorage } = await import("@deco-network/storage");
  const { listen, peers, gateways, timeoutMillis } = storage;
  const kubo = storage.kubo && (await kuboOptions(storage.kubo));
  const options: StorageOptions = {
    folder: join(dataFolder, "storage"),
    // What was voted for must be there to be published, also after a power cut.
    durable: true,
    ...{ listen, peers, gateways, timeoutMillis },
    ...(kubo && { kubo }),
    limits: { maxBytes: capacity.diskBytes },
    onEvent: (event) => logEvent(logger, event),
  };
  const anyPort = listen.every((address) => /\/(tcp|udp)\/0(\/|$)/.test(address));
  if (anyPort && last?.listen.length === listen.length) {
    try {
      return await openStorage({ ...options, listen: last.listen });
    } catch (err) {
      logger.info({ code: "address-lost", err }, "The last addresses are not free any more.");
    }
  }
  return await openStorage(options);
}

async function kuboOptions({
  tokenFile,
  ...kubo
}: NonNullable<ExecutorConfig["storage"]["kubo"]>): Promise<KuboOptions> {
  if (tokenFile === undefined) return kubo;
  const token = (await readPrivateFile(tokenFile)).split(/\r?\n/, 1)[0]?.trim();
  return token ? { ...kubo, token } : kubo;
}

function logEvent(logger: Logger, event: StorageEvent): void {
  if (event.type === "kubo-failed") {
    const { api, cid, error: err } = event;
    logger.warn({ code: "storage-kubo-failed", api, cid, err }, "The Kubo daemon failed.");
  } else {
    logger.debug({ code: `storage-${event.type}`, event }, "Storage event.");
  }
}

async function openGateway(
  { storage: { gateway } }: ExecutorConfig,
  storage: Storage,
  last: RememberedAddresses | undefined,
  named: NamedContent,
): Promise<Gateway | undefined> {
  if (!gateway) return undefined;
  const { startGateway } = await import("@deco-network/storage");
  if (gateway.port === 0 && last?.gatewayPort !== undefined) {
    const again = await startGateway(storage, {
      ...{ ...gateway, named },
      port: last.gatewayPort,
    }).catch(() => undefined);
    if (again) return again;
  }
  return await startGateway(storage, { ...gateway, named });
}
