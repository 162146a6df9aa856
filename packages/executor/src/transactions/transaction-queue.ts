import { type Hash, type Hex, keccak256, type LocalAccount, type PublicClient } from "viem";

import type { ChainListener, ChainTracker } from "../chain/chain-tracker.ts";
import type { Journal } from "../journal/journal.ts";
import type { Transaction } from "../journal/rows.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Service } from "../runtime/supervise.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import { bumpedFees, cappedFees, currentFees, type Fees } from "./fees.ts";
import { classifySendFailure } from "./revert.ts";

export interface TransactionQueueOptions {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly account: Pick<LocalAccount, "address" | "signTransaction">;
  readonly journal: Journal;
  readonly tracker: ChainTracker;
  readonly logger: Logger;
  /** Blocks after which an inclusion counts as final. */
  readonly confirmations: number;
  /** Highest `maxFeePerGas` ever offered, in wei. */
  readonly maxFeePerGas: bigint;
  /** Blocks without inclusion after which the fee is raised. */
  readonly bumpAfterBlocks: number;
  /** Called after the journal has a new status of a transaction. */
  readonly onChange: (transaction: Transaction) => void;
}

/** Gas beyond the estimate: the state may change before inclusion. In percent, and absolute. */
const GAS_MARGIN_PERCENT = 125n;
const GAS_MARGIN = 20_000n;
/** Heads that a nonce must look used by something else before that is believed. */
const DISPLACED_AFTER_HEADS = 3;
/** Blocks after which signed bytes are handed to the endpoint again. */
const OFFER_EVERY_BLOCKS = 3;
/** Milliseconds after which transactions that could not be sent are tried again. */
const RETRY_MILLIS = 1_000;

/**
 * Sends the journaled transactions of one key. A transaction is signed once per attempt, the
 * signed bytes are journaled before they leave, and they are offered until its nonce is used: so a
 * crash or a reorg can repeat a transaction, but never make a second one out of it.
 */
export class TransactionQueue implements Service, ChainListener {
  readonly name = "transaction-queue";
  readonly #options: TransactionQueueOptions;
  readonly #wakeup = new Wakeup();
  /** Head at which the signed bytes of a transaction were last handed to the endpoint. */
  readonly #offeredAt = new Map<number, number>();
  /** Heads seen with the nonce used and no receipt. */
  readonly #missing = new Map<number, number>();
  #checkedHead: Hash | undefined;

  constructor(options: TransactionQueueOptions) {
    this.#options = options;
  }

  /** Tells the queue that transactions were journaled. */
  nudge(): void {
    this.#wakeup.wake();
  }

  onHead(): void {
    this.#wakeup.wake();
  }

  onRollback(above: number): void {
    const { journal } = this.#options;
    for (const transaction of journal.transactionsIn("included")) {
      if (transaction.block === undefined || transaction.block <= above) continue;
      journal.record({ kind: "transaction-rolled-back", id: transaction.id });
      this.#offeredAt.delete(transaction.id);
      this.#changed(transaction.id);
    }
    this.#wakeup.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const mark = this.#wakeup.mark();
      const head = this.#options.tracker.head;
      if (head) {
        if (head.hash !== this.#checkedHead) {
          await this.#checkIncluded(head);
          await this.#checkSent(head);
          this.#checkedHead = head.hash;
        }
        await this.#sendQueued(head, signal);
      }
      const open = this.#options.journal.transactionsIn("queued").length > 0;
      await this.#wakeup.wait(mark, signal, open ? RETRY_MILLIS : undefined);
    }
  }

  async #checkIncluded(head: BlockRow): Promise<void> {
    const { journal, confirmations, tracker } = this.#options;
    for (const { id, block, blockHash } of journal.transactionsIn("included")) {
      if (block === undefined || blockHash === undefined) continue;
      // A reorg that happened while this process was not there.
      if (tracker.contains(block, blockHash) === false) {
        journal.record({ kind: "transaction-rolled-back", id });
        this.#changed(id);
      } else if (head.number - block + 1 >= confirmations) {
        journal.record({ kind: "transaction-finalized", id });
        this.#changed(id);
      }
    }
  }

  async #checkSent(head: BlockRow): Promise<void> {
    const sent = this.#options.journal.transactionsIn("sent");
    if (sent.length === 0) return;
    const { client, account } = this.#options;
    const used = await client.getTransactionCount({ address: account.address });
    for (const transaction of sent) {
      if (transaction.nonce !== undefined && transaction.nonce < used) {
        if (await this.#findReceipt(transaction)) continue;
        this.#countMissing(transaction);
      } else {
        await this.#offerAgain(transaction, head);
      }
    }
  }

  async #findReceipt(transaction: Transaction): Promise<boolean> {
    const { client, journal, tracker } = this.#options;
    for (const attempt of journal.attempts(transaction.id)) {
      // Polled directly: viem's waiting helper was seen to hang under interval mining.
      const receipt = await client
        .getTransactionReceipt({ hash: attempt.hash })
        .catch((error: unknown) => {
          if (error instanceof Error && error.name === "TransactionReceiptNotFoundError")
            return null;
          throw error;
        });
      if (!receipt) continue;
      const block = Number(receipt.blockNumber);
      // Not followed yet, or on a branch that is being left: the next head tells.
      if (tracker.contains(block, receipt.blockHash) === false) return true;
      journal.record({
        kind: "transaction-included",
        id: transaction.id,
        hash: attempt.hash,
        block,
        blockHash: receipt.blockHash,
        success: receipt.status === "success",
        gasUsed: receipt.gasUsed,
      });
      this.#missing.delete(transaction.id);
      this.#offeredAt.delete(transaction.id);
      this.#changed(transaction.id);
      return true;
    }
    return false;
  }

  #countMissing(transaction: Transaction): void {
    const seen = (this.#missing.get(transaction.id) ?? 0) + 1;
    this.#missing.set(transaction.id, seen);
    if (seen < DISPLACED_AFTER_HEADS) return;
    this.#missing.delete(transaction.id);
    this.#options.logger.error(
      { code: "nonce-displaced", purpose: transaction.purpose, nonce: transaction.nonce },
      "Another transaction of this key used the nonce.",
    );
    this.#options.journal.record({ kind: "transaction-displaced", id: transaction.id });
    this.#changed(transaction.id);
  }

  async #offerAgain(transaction: Transaction, head: BlockRow): Promise<void> {
    const { journal, logger, bumpAfterBlocks, maxFeePerGas, client } = this.#options;
    const last = journal.attempts(transaction.id).at(-1);
    if (!last) return;
    if (head.number - last.block >= bumpAfterBlocks) {
      const fees = bumpedFees(last, await currentFees(client));
      if (fees.maxFeePerGas <= maxFeePerGas) {
        await this.#sign(transaction, transaction.nonce ?? 0, transaction.gas ?? 0n, fees, head);
        return;
      }
      logger.error(
        { code: "transaction-stuck", purpose: transaction.purpose, hash: last.hash },
        "A transaction is not included and its fee has reached the cap.",
      );
    }
    const offeredAt = this.#offeredAt.get(transaction.id);
    // Nodes forget: after a restart, a reorg, or when their pool is full.
    if (offeredAt !== undefined && head.number - offeredAt < OFFER_EVERY_BLOCKS) return;
    await this.#offer(transaction.id, last.raw, head);
  }

  async #sendQueued(head: BlockRow, signal: AbortSignal): Promise<void> {
    const { journal, client, account, logger, maxFeePerGas } = this.#options;
    const queued = journal.transactionsIn("queued");
    if (queued.length === 0) return;
    const fees = await currentFees(client);
    if (fees.maxPriorityFeePerGas > maxFeePerGas || fees.maxFeePerGas / 2n > maxFeePerGas) {
      logger.warn(
        { code: "fee-above-cap", ...show(fees) },
        "The chain asks for more than the cap.",
      );
      return;
    }
    const capped = cappedFees(fees, maxFeePerGas);
    const count = await client.getTransactionCount({
      address: account.address,
      blockTag: "pending",
    });
    for (const { id } of queued) {
      // Its assignment may have dropped it meanwhile.
      const transaction = journal.transaction(id);
      if (signal.aborted || transaction?.status !== "queued") continue;
      const { to, data, purpose } = transaction;
      try {
        const gas = await client.estimateGas({ account: account.address, to, data });
        const limit = (gas * GAS_MARGIN_PERCENT) / 100n + GAS_MARGIN;
        if (journal.transaction(id)?.status !== "queued") continue;
        await this.#sign(transaction, Math.max(count, journal.nextNonce()), limit, capped, head);
      } catch (error) {
        const failure = classifySendFailure(error);
        if (failure.kind === "reverted") {
          journal.record({ kind: "transaction-refused", id, error: failure.error });
          logger.debug(
            { code: "transaction-refused", purpose, error: failure.error },
            "The contract would refuse a transaction; it was not sent.",
          );
          this.#changed(id);
        } else if (failure.kind === "unfunded") {
          logger.error(
            { code: "balance-too-low", purpose, operator: account.address },
            "The operator key cannot pay for gas.",
          );
        } else {
          logger.warn({ code: "send-failed", purpose, err: error }, "A transaction was not sent.");
        }
      }
    }
  }

  /** Journals the signed bytes, then offers them. */
  async #sign(
    transaction: Transaction,
    nonce: number,
    gas: bigint,
    fees: Fees,
    head: BlockRow,
  ): Promise<void> {
    const { account, chainId, journal, logger } = this.#options;
    const { to, data, id, purpose } = transaction;
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId,
      nonce,
      to,
      data,
      gas,
      maxFeePerGas: fees.maxFeePerGas,
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    });
    const hash = keccak256(raw);
    const block = head.number;
    const { maxFeePerGas, maxPriorityFeePerGas } = fees;
    journal.record({
      kind: "transaction-signed",
      ...{ id, nonce, hash, raw, gas, maxFeePerGas, maxPriorityFeePerGas, block },
    });
    logger.debug({ code: "transaction-sent", purpose, nonce, hash }, "A transaction is sent.");
    await this.#offer(id, raw, head);
    this.#changed(id);
  }

  /** Hands signed bytes to the network. Failures are left to the next head. */
  async #offer(id: number, raw: Hex, head: BlockRow): Promise<void> {
    const { client, logger } = this.#options;
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
      this.#offeredAt.set(id, head.number);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      // It is there already, or its nonce is used: both show in the next check.
      if (/already (known|imported)|nonce too low/i.test(text)) {
        this.#offeredAt.set(id, head.number);
      } else {
        logger.warn({ code: "offer-failed", err: error }, "Signed bytes were not accepted.");
      }
    }
  }

  #changed(id: number): void {
    const transaction = this.#options.journal.transaction(id);
    if (transaction) this.#options.onChange(transaction);
  }
}

function show(fees: Fees): Record<string, string> {
  return {
    maxFeePerGas: String(fees.maxFeePerGas),
    maxPriorityFeePerGas: String(fees.maxPriorityFeePerGas),
  };
}
