import {
  decodeContractError,
  decoMarketAbi,
  encodeMatch,
  type SignedTaskOffer,
} from "@deco-network/sdk";
import {
  encodeFunctionData,
  type Hash,
  keccak256,
  type PrivateKeyAccount,
  parseTransaction,
} from "viem";

import type { Logger } from "../runtime/logger.ts";
import type { OrderStore } from "../store/order-store.ts";
import type { Attempt, Order } from "../store/orders.ts";
import { bumped, currentFees, type Fees } from "./fees.ts";
import { type Chain, type Head, taskState } from "./market.ts";

export interface DispatcherOptions {
  readonly chain: Chain;
  readonly account: PrivateKeyAccount;
  readonly store: OrderStore;
  readonly head: () => Head;
  readonly bumpAfterBlocks: number;
  readonly confirmations: number;
  readonly logger: Logger;
}

/** What became of an attempt to send a match. */
export type Dispatch =
  | { readonly kind: "sent" }
  /** The market would refuse it, by this error. */
  | { readonly kind: "refused"; readonly error: string };

/** Gas beyond the estimate, in percent and absolute: the state may change before inclusion. */
const GAS_MARGIN_PERCENT = 125n;
const GAS_MARGIN = 30_000n;
/** Blocks after which signed bytes are handed to the node again: nodes forget. */
const OFFER_EVERY_BLOCKS = 3;
/** Looks that must find a nonce used and no receipt before that is believed. */
const DISPLACED_AFTER_LOOKS = 3;

/**
 * Sends matches with the allocator's key. Seats and signed bytes are on disk before they leave, and
 * are offered until their nonce is used, so a crash repeats a transaction but never makes a second.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #offeredAt = new Map<Hash, number>();
  readonly #missing = new Map<Hash, number>();
  /** Nonces are given one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Opens the order's task with these seats; the allocator is the sender, so its call is its word. */
  async dispatch(order: Order, seats: readonly SignedTaskOffer[]): Promise<Dispatch> {
    const turn = this.#turn.then(() => this.#send(order, seats));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Looks after everything that was sent and is not final. */
  async look(): Promise<void> {
    const { store, account, chain } = this.#options;
    const tasks = store.inFlight();
    if (tasks.length === 0) return;
    const used = await chain.client.getTransactionCount({ address: account.address });
    for (const taskId of tasks) {
      const attempts = store.attempts(taskId);
      const last = attempts.at(-1);
      if (last === undefined) continue;
      if (last.nonce >= used) await this.#offerAgain(last);
      else if (!(await this.#findReceipt(taskId, attempts))) await this.#countMissing(taskId);
    }
  }

  async #send(order: Order, seats: readonly SignedTaskOffer[]): Promise<Dispatch> {
    const { chain, account, store } = this.#options;
    const { client } = chain;
    const to = chain.deployment.market;
    const { request, signature, taskId } = order;
    const match = encodeMatch({ request, signature, taskSeats: seats });
    const call = { abi: decoMarketAbi, functionName: "openAndAssign", args: [match] } as const;
    const data = encodeFunctionData(call);
    let gas: bigint;
    try {
      const estimate = await client.estimateGas({ account: account.address, to, data });
      gas = (estimate * GAS_MARGIN_PERCENT) / 100n + GAS_MARGIN;
    } catch (error) {
      const refused = decodeContractError(error);
      if (refused) return { kind: "refused", error: refused.code };
      throw error;
    }
    const address = account.address;
    const pending = await client.getTransactionCount({ address, blockTag: "pending" });
    const nonce = Math.max(pending, store.nextNonce());
    const attempt = await this.#sign({ taskId, nonce, gas, data }, await currentFees(client));
    store.matched(taskId, seats, attempt, this.#options.head().timestamp);
    await this.#offer(attempt);
    return { kind: "sent" };
  }

  async #sign(
    { taskId, nonce, gas, data }: { taskId: Hash; nonce: number; gas: bigint; data: Hash },
    fees: Fees,
  ): Promise<Attempt> {
    const { account, chain, head } = this.#options;
    const { chainId, market } = chain.deployment;
    const raw = await account.signTransaction({
      ...{ type: "eip1559", chainId, nonce, to: market, data, gas },
      ...fees,
    });
    return { taskId, nonce, hash: keccak256(raw), raw, gas, ...fees, block: head().number };
  }

  async #findReceipt(taskId: Hash, attempts: readonly Attempt[]): Promise<boolean> {
    const { chain, store, head, confirmations, logger } = this.#options;
    for (const { hash } of attempts) {
      const receipt = await chain.client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return null;
        throw error;
      });
      if (receipt === null) continue;
      this.#missing.delete(taskId);
      if (receipt.status !== "success") {
        logger.warn(
          { code: "match-reverted", task: taskId, hash },
          "A match was refused on-chain.",
        );
        await this.#settleWithout(taskId, "match-reverted");
        return true;
      }
      if (store.order(taskId)?.state !== "opened") {
        store.opened(taskId, hash, head().timestamp);
        logger.info({ code: "order-opened", task: taskId, hash }, "A task is open and seated.");
      }
      const depth = head().number - Number(receipt.blockNumber) + 1;
      if (depth >= confirmations) store.landed(taskId);
      return true;
    }
    return false;
  }

  async #countMissing(taskId: Hash): Promise<void> {
    const looks = (this.#missing.get(taskId) ?? 0) + 1;
    this.#missing.set(taskId, looks);
    if (looks < DISPLACED_AFTER_LOOKS) return;
    this.#missing.delete(taskId);
    const { logger } = this.#options;
    logger.error({ code: "nonce-displaced", task: taskId }, "Something else used the nonce.");
    await this.#settleWithout(taskId, "nonce-displaced");
  }

  /** The nonce is used, and not by a success of ours: the chain tells whether the task is open. */
  async #settleWithout(taskId: Hash, reason: string): Promise<void> {
    const { chain, store, head } = this.#options;
    const state = await taskState(chain, taskId);
    const now = head().timestamp;
    if (state === "absent") store.queued(taskId, reason, now);
    else if (state === "open") store.opened(taskId, undefined, now);
    else store.refused(taskId, "already-posted", now);
    store.landed(taskId);
  }

  async #offerAgain(last: Attempt): Promise<void> {
    const { chain, store, head, bumpAfterBlocks } = this.#options;
    const { number } = head();
    if (number - last.block >= bumpAfterBlocks) {
      const data = parseTransaction(last.raw).data ?? "0x";
      const fees = bumped(last, await currentFees(chain.client));
      const replacement = await this.#sign({ ...last, data }, fees);
      store.addAttempt(replacement);
      await this.#offer(replacement);
      return;
    }
    const offeredAt = this.#offeredAt.get(last.hash);
    if (offeredAt !== undefined && number - offeredAt < OFFER_EVERY_BLOCKS) return;
    await this.#offer(last);
  }

  /** Hands signed bytes to the node. A failure is left to the next look. */
  async #offer({ raw, hash }: Attempt): Promise<void> {
    const { chain, head, logger } = this.#options;
    try {
      await chain.client.sendRawTransaction({ serializedTransaction: raw });
    } catch (err) {
      const text = err instanceof Error ? err.message : String(err);
      if (!/already (known|imported)|nonce too low/i.test(text)) {
        logger.warn({ code: "offer-failed", hash, err }, "Signed bytes were not accepted.");
        return;
      }
    }
    this.#offeredAt.set(hash, head().number);
  }
}
