import {
  type Messenger,
  MIN_RELAYED_WINDOW,
  offers,
  offerWanted,
  readOfferAnswer,
} from "@deco-network/p2p";
import {
  type Provider,
  planTask,
  type SignedTaskOffer,
  taskOfferTypedData,
} from "@deco-network/sdk";
import { getMarketState } from "@deco-network/sdk/actions";
import { type Hash, isAddressEqual, recoverTypedDataAddress } from "viem";

import type { Dispatcher } from "../chain/dispatcher.ts";
import { type Chain, type Head, isProvenAtOnce, movesTrust, taskState } from "../chain/market.ts";
import type { Directory } from "../providers/directory.ts";
import type { Logger } from "../runtime/logger.ts";
import type { AllocatorSettings } from "../settings.ts";
import type { OrderStore } from "../store/order-store.ts";
import type { Order } from "../store/orders.ts";
import { type Bid, type Candidate, chooseSeats, rankToAsk } from "./choose.ts";

export interface MatcherOptions {
  readonly chain: Chain;
  readonly store: OrderStore;
  readonly directory: Directory;
  readonly messenger: Messenger;
  readonly dispatcher: Dispatcher;
  readonly head: () => Head;
  readonly settings: AllocatorSettings;
  readonly logger: Logger;
}

/** Executors that are given a seat a task; the seat's place in the vote is not theirs to choose. */
type Executor = Candidate & { readonly known: Provider; readonly endpoints: readonly string[] };

/** Seconds over which given seats count as load. */
const LOAD_SECONDS = 600;
/** Seconds that an offer must still hold, so that its transaction can be included. */
const MIN_HOLD_SECONDS = 8;
/** Seconds between two rounds of questions for one order. */
const RETRY_SECONDS = 3;

/** Finds seats for the orders in the queue, several at a time. */
export class Matcher {
  readonly #options: MatcherOptions;
  readonly #running = new Map<Hash, Promise<void>>();
  /** Second before which an order is not tried again. */
  readonly #notBefore = new Map<Hash, number>();

  constructor(options: MatcherOptions) {
    this.#options = options;
  }

  /** Starts matching what is due; does not wait for it. */
  look(signal: AbortSignal): void {
    const { store, settings, head, logger } = this.#options;
    for (const order of store.ordersIn("queued")) {
      if (this.#running.size >= settings.matchesAtOnce) return;
      const { taskId } = order;
      if (this.#running.has(taskId)) continue;
      if ((this.#notBefore.get(taskId) ?? 0) > head().timestamp) continue;
      const running = this.#match(order, signal)
        .catch((err: unknown) => {
          if (signal.aborted) return;
          logger.error({ code: "match-failed", task: taskId, err }, "Tried again.");
          // Its requester is told why it waits; what was sent already is looked after elsewhere.
          if (store.order(taskId)?.state === "queued") {
            const reason = "match-failed";
            store.record({ kind: "order-queued", taskId, reason, at: head().timestamp });
          }
        })
        .finally(() => {
          this.#running.delete(taskId);
          this.#notBefore.set(taskId, head().timestamp + RETRY_SECONDS);
        });
      this.#running.set(taskId, running);
    }
  }

  async stopped(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #match(order: Order, signal: AbortSignal): Promise<void> {
    const { chain, head, dispatcher, store } = this.#options;
    const { request, taskId } = order;
    const now = head().timestamp;
    if (now > order.until) return this.#refuse(order, order.reason ?? "no-offers");
    const listed = await movesTrust(chain, request.allocator);
    const wanted = request.replicas - (listed ? 1 : 0);
    const candidates = await this.#candidates(order, signal);
    const need = { memoryBytes: order.memoryBytes };
    const asked = rankToAsk(candidates, need).slice(
      0,
      wanted * this.#options.settings.askedPerSeat,
    );
    const bids = await this.#gather(order, asked, signal);
    const chosen = chooseSeats(bids, wanted, need);
    if (signal.aborted) return;
    if (!chosen) {
      const reason = bids.length === 0 ? "no-offers" : "too-few-offers";
      store.record({ kind: "order-queued", taskId, reason, at: now });
      return;
    }
    const seats = chosen.map(({ offer }) => offer);
    const proven = await isProvenAtOnce(chain, request.policy);
    const folded = foldable(order, chosen, proven);
    const sent = await dispatcher.dispatch(order, { seats, folded });
    if (sent.kind === "refused") await this.#refusedByMarket(order, sent.error);
  }

  /** Executors that could take a seat, as the chain and their heartbeats tell. */
  async #candidates({ request }: Order, signal: AbortSignal): Promise<Executor[]> {
    const { chain, directory, store, head } = this.#options;
    const { client, deployment } = chain;
    const state = await getMarketState(client, { deployment, token: request.token, signal });
    const { eligible } = planTask({ request, state });
    const able = new Set(eligible.map(({ provider }) => provider));
    const given = store.given(head().timestamp - LOAD_SECONDS);
    return state.providers.flatMap((known) => {
      const place = able.has(known.id) ? directory.find(known.id) : undefined;
      if (place === undefined) return [];
      const { endpoints, free } = place;
      const { id: provider, trust } = known;
      return [{ provider, trust, free, given: given.get(provider) ?? 0, known, endpoints }];
    });
  }

  async #gather(
    { request, taskId }: Order,
    executors: readonly Executor[],
    signal: AbortSignal,
  ): Promise<Bid<SignedTaskOffer>[]> {
    const { messenger, settings, logger } = this.#options;
    const question = offerWanted(request, 1);
    const timing = { signal, timeoutMillis: settings.offerMillis };
    const bids = await Promise.all(
      executors.map(async (executor): Promise<Bid<SignedTaskOffer>[]> => {
        const { known, endpoints, provider } = executor;
        try {
          const to = { endpoints, address: known.operator };
          const { body } = await messenger.ask(offers, to, question, timing);
          const answer = readOfferAnswer(body);
          const reason =
            answer.kind === "refused"
              ? answer.reason
              : await this.#flawOf(answer.offer, { request, taskId }, known);
          if (answer.kind === "offer" && reason === undefined) {
            return [{ ...executor, price: answer.offer.offer.price, offer: answer.offer }];
          }
          logger.info({ code: "offer-refused", task: taskId, provider, reason }, "No offer.");
        } catch (err) {
          if (signal.aborted) return [];
          logger.info({ code: "offer-missing", task: taskId, provider, err }, "No answer.");
        }
        return [];
      }),
    );
    return bids.flat();
  }

  /** Why the market would not take an offer: one bad offer would have the whole match refused. */
  async #flawOf(
    { offer, signature }: SignedTaskOffer,
    { request, taskId }: Pick<Order, "request" | "taskId">,
    known: Provider,
  ): Promise<string | undefined> {
    const { head, chain } = this.#options;
    if (offer.taskId !== taskId || offer.provider !== known.id) return "offer-for-another";
    if (offer.epoch !== known.offerEpoch) return "offer-void";
    if (offer.expiry < head().timestamp + MIN_HOLD_SECONDS) return "offer-expiring";
    if (offer.price < request.minPrice || offer.price > request.maxPrice)
      return "price-out-of-range";
    const typed = taskOfferTypedData(chain.deployment, offer);
    const signer = await recoverTypedDataAddress({ ...typed, signature }).catch(() => undefined);
    const signed = signer !== undefined && isAddressEqual(signer, known.operator);
    return signed ? undefined : "offer-unsigned";
  }

  async #refusedByMarket(order: Order, error: string): Promise<void> {
    const { chain, store, head } = this.#options;
    const { taskId } = order;
    const state = await taskState(chain, taskId);
    const at = head().timestamp;
    if (state === "open") store.record({ kind: "order-opened", taskId, at });
    else if (state === "ended") this.#refuse(order, "already-posted");
    else store.record({ kind: "order-queued", taskId, reason: error, at });
  }

  #refuse({ taskId }: Order, reason: string): void {
    const { store, head, logger } = this.#options;
    store.record({ kind: "order-refused", taskId, reason, at: head().timestamp });
    logger.info({ code: "order-refused", task: taskId, reason }, "An order is given up.");
  }
}

/**
 * A round that is full at once is kept as one word: its seats need none of their own as long as all
 * bring their commitments here. They do if their heartbeats come here; alone, a seat that votes gains nothing. One that proves needs
 * no commitment, and its proof takes the task folded.
 */
function foldable(
  { request }: Order,
  chosen: readonly Candidate[],
  provenAtOnce: boolean,
): boolean {
  if (provenAtOnce) return chosen.length === request.replicas;
  if (request.commitWindow < MIN_RELAYED_WINDOW) return false;
  if (chosen.length < 2 || chosen.length < request.replicas) return false;
  return chosen.every(({ free }) => free !== undefined);
}
