import {
  decodeContractError,
  decoMarketAbi,
  encodeMatch,
  type SignedTaskOffer,
} from "@deco-network/sdk";
import {
  encodeFunctionData,
  type Hash,
  type Hex,
  keccak256,
  type PrivateKeyAccount,
  parseTransaction,
} from "viem";

import type { ActObserver } from "../acts.ts";
import type { Logger } from "../runtime/logger.ts";
import type { OrderStore } from "../store/order-store.ts";
import type { Attempt, Order, Purpose } from "../store/orders.ts";
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
  readonly observer?: ActObserver | undefined;
}

/** Seats for a new task. */
export interface Placing {
  readonly seats: readonly SignedTaskOffer[];
  /** Whether the task is kept as one word, see `IDecoFolds`: for all seats of its first round only. */
  readonly folded: boolean;
}

/** What became of an attempt to send something. */
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
/** What a refused transaction is called where somebody may read it. */
const REVERTED = { open: "match-reverted", commit: "relay-reverted" } as const;

/** A transaction before it has a nonce. */
interface Sending {
  readonly taskId: Hash;
  readonly purpose: Purpose;
  readonly data: Hex;
}

/**
 * Sends matches and relayed commitments with the allocator's key. Seats and signed bytes are on disk before they leave, and
 * are offered until their nonce is used, so a crash repeats a transaction but never makes a second.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #offeredAt = new Map<Hash, number>();
  readonly #missing = new Map<string, number>();
  /** Nonces are given one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Opens the order's task with these seats; the allocator is the sender, so its call is its word. */
  async dispatch(order: Order, placing: Placing): Promise<Dispatch> {
    const { request, signature, taskId } = order;
    const taskSeats = [...placing.seats];
    // The roster of a fold is sorted.
    if (placing.folded) taskSeats.sort((a, b) => a.offer.provider - b.offer.provider);
    const data = encodeFunctionData({
      abi: decoMarketAbi,
      functionName: placing.folded ? "openAndFold" : "openAndAssign",
      args: [encodeMatch({ request, signature, taskSeats })],
    });
    const { store, head } = this.#options;
    return await this.#inTurn({ taskId, purpose: "open", data }, (attempt) =>
      store.record(
        { kind: "order-matched", taskId, seats: taskSeats, at: head().timestamp },
        { kind: "attempt-signed", attempt },
      ),
    );
  }

  /** Brings the commitments of an order's seats, unless that is under way. */
  async relay(taskId: Hash, data: Hex): Promise<Dispatch> {
    const { store } = this.#options;
    return await this.#inTurn({ taskId, purpose: "commit", data }, (attempt) =>
      store.record({ kind: "attempt-signed", attempt }),
    );
  }

  /** Looks after everything that was sent and is not final. */
  async look(): Promise<void> {
    const { store, account, chain } = this.#options;
    const inFlight = store.inFlight();
    if (inFlight.length === 0) return;
    const used = await chain.client.getTransactionCount({ address: account.address });
    for (const { taskId, purpose } of inFlight) {
      const attempts = store.attempts(taskId, purpose);
      const last = attempts.at(-1);
      if (last === undefined) continue;
      if (last.nonce >= used) await this.#offerAgain(last);
      else if (!(await this.#findReceipt(last, attempts))) await this.#countMissing(last);
    }
  }

  async #inTurn(what: Sending, record: (attempt: Attempt) => void): Promise<Dispatch> {
    const turn = this.#turn.then(() => this.#send(what, record));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  async #send(what: Sending, record: (attempt: Attempt) => void): Promise<Dispatch> {
    const { chain, account, store } = this.#options;
    const { client } = chain;
    const { taskId, purpose, data } = what;
    if (store.attempts(taskId, purpose).length > 0) return { kind: "sent" };
    const to = chain.deployment.market;
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
    const attempt = await this.#sign({ ...what, nonce, gas }, await currentFees(client));
    record(attempt);
    await this.#offer(attempt);
    return { kind: "sent" };
  }

  async #sign(
    { taskId, purpose, nonce, gas, data }: Sending & { nonce: number; gas: bigint },
    fees: Fees,
  ): Promise<Attempt> {
    const { account, chain, head } = this.#options;
    const { chainId, market } = chain.deployment;
    const raw = await account.signTransaction({
      ...{ type: "eip1559", chainId, nonce, to: market, data, gas },
      ...fees,
    });
    const hash = keccak256(raw);
    return { taskId, purpose, nonce, hash, raw, gas, ...fees, block: head().number };
  }

  async #findReceipt(what: Attempt, attempts: readonly Attempt[]): Promise<boolean> {
    const { chain, store, head, confirmations, logger } = this.#options;
    const { taskId, purpose } = what;
    for (const { hash } of attempts) {
      const receipt = await chain.client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return null;
        throw error;
      });
      if (receipt === null) continue;
      this.#missing.delete(nameOf(what));
      if (receipt.status !== "success") {
        logger.warn(
          { code: REVERTED[purpose], task: taskId, hash },
          "A transaction was refused on-chain.",
        );
        await this.#goOnWithout(what, REVERTED[purpose]);
        return true;
      }
      if (purpose === "open" && store.order(taskId)?.state !== "opened") {
        store.record({ kind: "order-opened", taskId, transaction: hash, at: head().timestamp });
        logger.info({ code: "order-opened", task: taskId, hash }, "A task is open and seated.");
      }
      const depth = head().number - Number(receipt.blockNumber) + 1;
      if (depth >= confirmations) {
        store.record({ kind: "transaction-landed", taskId, purpose });
      }
      return true;
    }
    return false;
  }

  async #countMissing(what: Attempt): Promise<void> {
    const name = nameOf(what);
    const looks = (this.#missing.get(name) ?? 0) + 1;
    this.#missing.set(name, looks);
    if (looks < DISPLACED_AFTER_LOOKS) return;
    this.#missing.delete(name);
    const { logger } = this.#options;
    logger.error({ code: "nonce-displaced", task: what.taskId }, "Something else used the nonce.");
    await this.#goOnWithout(what, "nonce-displaced");
  }

  /** The nonce is used, and not by a success of ours: the chain tells how the order stands. */
  async #goOnWithout({ taskId, purpose }: Attempt, reason: string): Promise<void> {
    const { chain, store, head } = this.#options;
    const landed = { kind: "transaction-landed", taskId, purpose } as const;
    if (purpose === "commit") {
      // Commitments that are still wanted are brought again when their seats ask.
      store.record(landed);
      return;
    }
    const state = await taskState(chain, taskId);
    const at = head().timestamp;
    if (state === "absent") store.record({ kind: "order-queued", taskId, reason, at }, landed);
    else if (state === "open") store.record({ kind: "order-opened", taskId, at }, landed);
    else store.record({ kind: "order-refused", taskId, reason: "already-posted", at }, landed);
  }

  async #offerAgain(last: Attempt): Promise<void> {
    const { chain, store, head, bumpAfterBlocks } = this.#options;
    const { number } = head();
    if (number - last.block >= bumpAfterBlocks) {
      const data = parseTransaction(last.raw).data ?? "0x";
      const fees = bumped(last, await currentFees(chain.client));
      const replacement = await this.#sign({ ...last, data }, fees);
      store.record({ kind: "attempt-signed", attempt: replacement });
      await this.#offer(replacement);
      return;
    }
    const offeredAt = this.#offeredAt.get(last.hash);
    if (offeredAt !== undefined && number - offeredAt < OFFER_EVERY_BLOCKS) return;
    await this.#offer(last);
  }

  /** Hands signed bytes to the node. A failure is left to the next look. */
  async #offer(attempt: Attempt): Promise<void> {
    const { chain, head, logger, observer } = this.#options;
    const { raw, hash } = attempt;
    const act = { kind: "broadcast", attempt } as const;
    try {
      observer?.before?.(act);
      await chain.client.sendRawTransaction({ serializedTransaction: raw });
      observer?.after?.(act);
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

function nameOf({ taskId, purpose }: Pick<Attempt, "taskId" | "purpose">): string {
  return `${taskId}/${purpose}`;
}
