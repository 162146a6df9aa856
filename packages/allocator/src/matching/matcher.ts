import {
  type FreeResources,
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
import type { Order, Why } from "../store/orders.ts";
import { type Bid, type Candidate, chooseSeats, rankToAsk, sift } from "./choose.ts";
import { whyNot } from "./why-not.ts";

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
type Executor = Candidate & {
  readonly known: Provider;
  readonly endpoints: readonly string[];
  /** The heartbeat that its room is counted from; undefined when none is fresh. */
  readonly announced: FreeResources | undefined;
};

/** What executors answered. */
interface Answers {
  readonly bids: readonly (Executor & Bid<SignedTaskOffer>)[];
  readonly refusals: readonly string[];
  readonly silent: number;
}

const NO_ANSWER: Answers = { bids: [], refusals: [], silent: 0 };

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
  /** Until when offers stand that were made for orders in the queue, by provider. */
  readonly #promised = new Map<Hash, Map<number, number>>();

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
          if (store.order(taskId)?.state !== "queued") this.#promised.delete(taskId);
          this.#notBefore.set(taskId, head().timestamp + RETRY_SECONDS);
        });
      this.#running.set(taskId, running);
    }
  }

  async stopped(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #match(order: Order, signal: AbortSignal): Promise<void> {
    const { chain, head, directory, dispatcher, store } = this.#options;
    const { request, taskId } = order;
    const now = head().timestamp;
    if (now > order.until) {
      const { reason = "no-offers", detail } = order;
      return this.#refuse(order, { reason, ...(detail !== undefined && { detail }) });
    }
    const listed = await movesTrust(chain, request.allocator);
    const wanted = request.replicas - (listed ? 1 : 0);
    const candidates = await this.#candidates(order, signal);
    const work = { need: order.need, engine: order.engine };
    const { able, lacks } = sift(candidates, work);
    // Who is asked in vain fetches the program, and keeps room that others want.
    const most = able.length < wanted ? 0 : wanted * this.#options.settings.askedPerSeat;
    const asked = rankToAsk(able, work).slice(0, most);
    const { bids, refusals, silent } = await this.#gather(order, asked, signal);
    if (signal.aborted) return;
    // Other orders gave seats meanwhile.
    const still = sift(
      bids.map((bid) => this.#present(bid)),
      work,
    );
    const chosen = chooseSeats(still.able, wanted, work);
    if (!chosen) {
      const met = { lacks: [...lacks, ...still.lacks], refusals, silent };
      const count = { able: able.length - still.lacks.length, offered: still.able.length };
      const why = whyNot({ wanted, ...met, ...count });
      store.record({ kind: "order-queued", taskId, ...why, at: now });
      return;
    }
    const takeBack = directory.give(
      chosen.map(({ provider }) => provider),
      order.need,
    );
    try {
      const seats = chosen.map(({ offer }) => offer);
      const proven = await isProvenAtOnce(chain, request.policy);
      const folded = foldable(order, chosen, proven);
      const sent = await dispatcher.dispatch(order, { seats, folded });
      if (sent.kind === "sent") return;
      takeBack();
      await this.#refusedByMarket(order, sent.error);
    } catch (error) {
      // What is on disk is sent again.
      if (store.order(taskId)?.state === "queued") takeBack();
      throw error;
    }
  }

  /** The same executor with what it has left now. */
  #present<E extends Executor>(executor: E): E {
    const { provider, announced } = executor;
    if (announced === undefined) return executor;
    return { ...executor, free: this.#options.directory.left(provider, announced) };
  }

  /** Executors that could take a seat, as the chain and their heartbeats tell. */
  async #candidates({ request, taskId }: Order, signal: AbortSignal): Promise<Executor[]> {
    const { chain, directory, store, head } = this.#options;
    const { client, deployment } = chain;
    const state = await getMarketState(client, { deployment, token: request.token, signal });
    const { eligible } = planTask({ request, state });
    const able = new Set(eligible.map(({ provider }) => provider));
    const given = store.given(head().timestamp - LOAD_SECONDS);
    return state.providers.flatMap((known) => {
      const place = able.has(known.id) ? directory.find(known.id) : undefined;
      if (place === undefined) return [];
      const { id: provider, trust } = known;
      const promised = (this.#promised.get(taskId)?.get(provider) ?? 0) > head().timestamp;
      const counted = { provider, trust, given: given.get(provider) ?? 0, known, promised };
      return [this.#present({ ...counted, ...place, free: place.announced })];
    });
  }

  async #gather(
    { request, taskId }: Order,
    executors: readonly Executor[],
    signal: AbortSignal,
  ): Promise<Answers> {
    const { messenger, settings, logger } = this.#options;
    const question = offerWanted(request, 1);
    const timing = { signal, timeoutMillis: settings.offerMillis };
    const answers = await Promise.all(
      executors.map(async (executor): Promise<Answers> => {
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
            const { offer } = answer;
            const { price, expiry } = offer.offer;
            this.#promised.set(
              taskId,
              (this.#promised.get(taskId) ?? new Map()).set(provider, expiry),
            );
            return { ...NO_ANSWER, bids: [{ ...executor, price, offer }] };
          }
          logger.info({ code: "offer-refused", task: taskId, provider, reason }, "No offer.");
          return { ...NO_ANSWER, refusals: reason === undefined ? [] : [reason] };
        } catch (err) {
          if (signal.aborted) return NO_ANSWER;
          logger.info({ code: "offer-missing", task: taskId, provider, err }, "No answer.");
          return { ...NO_ANSWER, silent: 1 };
        }
      }),
    );
    return {
      bids: answers.flatMap(({ bids }) => bids),
      refusals: answers.flatMap(({ refusals }) => refusals),
      silent: answers.reduce((sum, { silent }) => sum + silent, 0),
    };
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
    else if (state === "ended") this.#refuse(order, { reason: "already-posted" });
    else store.record({ kind: "order-queued", taskId, reason: error, at });
  }

  #refuse({ taskId }: Order, why: Why): void {
    const { store, head, logger } = this.#options;
    store.record({ kind: "order-refused", taskId, ...why, at: head().timestamp });
    logger.info({ code: "order-refused", task: taskId, ...why }, "An order is given up.");
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
