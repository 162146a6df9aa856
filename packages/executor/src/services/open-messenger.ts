import { introductions, Messenger, type MessengerEvent } from "@deco-network/p2p";
import type { Storage } from "@deco-network/storage";
import type { LocalAccount } from "viem";

import type { ProviderIdentity } from "../assignments/context.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { Closers } from "../runtime/closers.ts";
import type { Logger } from "../runtime/logger.ts";

export interface OpenMessengerOptions {
  /** Its node is shared: an executor has one. */
  readonly storage: Storage;
  readonly identity: ProviderIdentity;
  /** The operator key signs what is said. */
  readonly account: LocalAccount;
  readonly head: () => BlockRow;
  readonly logger: Logger;
}

/** Signed messages on the executor's own libp2p node, until it is closed; undefined without one. */
export async function openMessenger(
  { storage, identity, account, head, logger }: OpenMessengerOptions,
  closers: Closers,
): Promise<Messenger | undefined> {
  const host = storage.libp2p;
  if (!host) return undefined;
  const messenger = new Messenger({
    ...{ host, signer: account, domain: identity },
    now: () => head().timestamp,
    onEvent: (event: MessengerEvent) =>
      logger.debug({ code: `message-${event.type}`, event }, "A message came."),
  });
  closers.add(() => messenger.close());
  await messenger.serve(introductions, async () => ({ role: "executor" }));
  return messenger;
}
