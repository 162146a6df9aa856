import { type Messenger, offerAnswer, offers } from "@deco-network/p2p";

import type { Service } from "../../runtime/supervise.ts";
import { type HeartbeatOptions, HeartbeatSender } from "./heartbeat-sender.ts";
import { OfferDesk, type OfferDeskOptions } from "./offer-desk.ts";

export interface OpenOffersOptions extends OfferDeskOptions {
  readonly backlog: OfferDeskOptions["backlog"] & HeartbeatOptions["backlog"];
  /** Absent where there is no node. */
  readonly messenger: Messenger | undefined;
  /** As described on-chain, comma-separated. */
  readonly endpoint: string;
}

/** What answers allocators, and what calls them. */
export interface Offers {
  readonly desk: OfferDesk;
  readonly loops: readonly Service[];
}

/** Answers allocators until the messenger is closed. */
export async function openOffers(options: OpenOffersOptions): Promise<Offers> {
  const { identity, messenger, endpoint } = options;
  const desk = new OfferDesk(options);
  if (!messenger) return { desk, loops: [] };
  await messenger.serve(offers, async ({ sender, body }, signal) =>
    offerAnswer(await desk.answer({ sender, ...body }, signal)),
  );
  const endpoints = endpoint.split(",").filter((address) => /\/p2p\/[^/]+$/.test(address));
  const { provider } = identity;
  const { book } = options;
  const sender = new HeartbeatSender({ ...options, provider, endpoints, messenger, book });
  return { desk, loops: [sender] };
}
