import {
  introductions,
  Messenger,
  type MessengerEvent,
  offerAnswer,
  offers,
} from "@deco-network/p2p";
import type { Storage } from "@deco-network/storage";

import type { Closers } from "../../runtime/closers.ts";
import type { Service } from "../../runtime/supervise.ts";
import { HeartbeatSender } from "./heartbeat-sender.ts";
import { OfferDesk, type OfferDeskOptions } from "./offer-desk.ts";

export interface OpenOffersOptions extends OfferDeskOptions {
  /** Its node is shared: an executor has one. */
  readonly storage: Storage;
  /** As described on-chain, comma-separated. */
  readonly endpoint: string;
}

/** What answers allocators, and what calls them. */
export interface Offers {
  readonly desk: OfferDesk;
  readonly loops: readonly Service[];
}

/** Answers allocators on the executor's own libp2p node, until it is closed. */
export async function openOffers(options: OpenOffersOptions, closers: Closers): Promise<Offers> {
  const { account, identity, storage, endpoint, logger, head } = options;
  const desk = new OfferDesk(options);
  const host = storage.libp2p;
  if (!host) return { desk, loops: [] };
  const messenger = new Messenger({
    ...{ host, signer: account, domain: identity },
    now: () => head().timestamp,
    onEvent: (event: MessengerEvent) =>
      logger.debug({ code: `message-${event.type}`, event }, "A message came."),
  });
  closers.add(() => messenger.close());
  await messenger.serve(introductions, async () => ({ role: "executor" }));
  await messenger.serve(offers, async ({ sender, body }, signal) =>
    offerAnswer(await desk.answer({ sender, ...body }, signal)),
  );
  const endpoints = endpoint.split(",").filter((address) => /\/p2p\/[^/]+$/.test(address));
  const { provider } = identity;
  const { book } = options;
  const sender = new HeartbeatSender({ ...options, provider, endpoints, messenger, book });
  return { desk, loops: [sender] };
}
