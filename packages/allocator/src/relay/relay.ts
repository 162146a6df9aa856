import {
  type Ballot,
  BallotBox,
  type BallotsHeld,
  P2pError,
  type Received,
} from "@deco-network/p2p";
import {
  awaitsCommitments,
  compactSignature,
  decoMarketAbi,
  unpackTaskWord,
} from "@deco-network/sdk";
import { getFold, getProvider } from "@deco-network/sdk/actions";
import { encodeFunctionData, type Hash, isAddressEqual } from "viem";

import type { Dispatcher } from "../chain/dispatcher.ts";
import type { Chain, Head } from "../chain/market.ts";
import type { Logger } from "../runtime/logger.ts";
import type { OrderStore } from "../store/order-store.ts";

export interface RelayOptions {
  readonly chain: Chain;
  readonly store: OrderStore;
  readonly dispatcher: Dispatcher;
  readonly head: () => Head;
  readonly logger: Logger;
}

/** Seconds that a transaction needs to be included: later than this before a deadline none is sent. */
const INCLUSION_SECONDS = 4;
/** Round that an allocator opens folded. */
const FIRST_ROUND = 1;

/**
 * Brings the commitments of the tasks that this allocator opened folded, in one transaction as soon as
 * every seat has given its own, and hands around what seats show later. It can withhold, which makes
 * seats act by themselves; it cannot change, and learns nothing that the chain would not show.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #box: BallotBox;
  readonly #running = new Map<Hash, Promise<void>>();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#box = new BallotBox(options.chain.deployment);
  }

  /**
   * Takes a ballot from the operator of a seat that this allocator gave.
   * @throws P2pError `sender-refused`
   */
  async hear({ sender, body }: Received<Ballot>): Promise<BallotsHeld> {
    const { chain, store, logger } = this.#options;
    const { taskId, round, provider } = body;
    const order = store.order(taskId);
    const seated = order?.seats.some(({ offer }) => offer.provider === provider) ?? false;
    const given = order?.state === "opened" || order?.state === "matched";
    if (!seated || !given || round !== FIRST_ROUND) {
      throw new P2pError("sender-refused", "This allocator gave no such seat.");
    }
    const { client, deployment } = chain;
    const { operator } = await getProvider(client, { deployment, provider });
    if (!isAddressEqual(operator, sender)) {
      throw new P2pError("sender-refused", `${sender} does not operate provider ${provider}.`);
    }
    await this.#box.put(body, operator);
    logger.debug({ code: "ballot-held", task: taskId, provider }, "A seat gave its ballot.");
    if (this.#isComplete(taskId)) this.#start(taskId);
    return this.#box.answer(taskId, round);
  }

  async stopped(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  #isComplete(taskId: Hash): boolean {
    const seats = this.#options.store.order(taskId)?.seats.length;
    return this.#box.ballots(taskId, FIRST_ROUND).length === seats;
  }

  #start(taskId: Hash): void {
    const { logger } = this.#options;
    if (this.#running.has(taskId)) return;
    const running = this.#bring(taskId)
      .catch((err: unknown) => {
        // The seats bring their ballots again until the chain has them.
        logger.warn({ code: "relay-failed", task: taskId, err }, "Tried again.");
      })
      .finally(() => this.#running.delete(taskId));
    this.#running.set(taskId, running);
  }

  async #bring(taskId: Hash): Promise<void> {
    const { chain, store, dispatcher, head, logger } = this.#options;
    const { client, deployment } = chain;
    if (store.attempts(taskId, "commit").length > 0) return;
    const fold = await getFold(client, { deployment, taskId });
    // Not included yet, brought already, or unfolded: then its seats act by themselves.
    if (fold === undefined || !awaitsCommitments(fold)) return;
    const { phaseAt, commitWindow } = unpackTaskWord(fold.task);
    if (head().timestamp + INCLUSION_SECONDS > phaseAt + commitWindow) return;
    const sealed = this.#box
      .ballots(taskId, FIRST_ROUND)
      .map(({ commitment, signature }) => ({ commitment, ...compactSignature(signature) }));
    const brought = { ...fold, roster: [...fold.roster], seats: [...fold.seats] };
    const args = [taskId, brought, sealed] as const;
    const data = encodeFunctionData({ abi: decoMarketAbi, functionName: "commitFolded", args });
    const sent = await dispatcher.relay(taskId, data);
    if (sent.kind === "sent") {
      logger.info(
        { code: "commitments-brought", task: taskId },
        "All commitments are on their way.",
      );
    } else {
      logger.warn(
        { code: "commitments-refused", task: taskId, reason: sent.error },
        "The seats commit by themselves.",
      );
    }
  }
}
