import { type Hash, type Hex, keccak256, type LocalAccount, type PublicClient } from "viem";

import type { ActObserver } from "../acts.ts";
import type { ChainListener, ChainTracker } from "../chain/chain-tracker.ts";
import { isExecutorError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import type { Transaction } from "../journal/rows.ts";
import type { BlockRow, TransactionPurpose } from "../journal/transition.ts";
import { inBatches } from "../runtime/in-batches.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Service } from "../runtime/supervise.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import { cappedFees, currentFees, type Fees, replacementFees } from "./fees.ts";
import { dayOf, type Purse } from "./purse.ts";
import { classifySendFailure } from "./revert.ts";
import { rankOf } from "./urgency.ts";

export interface TransactionQueueOptions {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly account: Pick<LocalAccount, "address" | "signTransaction">;
  readonly journal: Journal;
  readonly tracker: ChainTracker;
  readonly logger: Logger;
  readonly observer?: ActObserver | undefined;
  /** Blocks after which an inclusion counts as final. */
  readonly confirmations: number;
  /** Highest `maxFeePerGas` ever offered, in wei. */
  readonly maxFeePerGas: bigint;
  /** Blocks without inclusion after which the fee is raised. */
  readonly bumpAfterBlocks: number;
  /** Blocks without inclusion after which the alarm is raised. */
  readonly stuckAfterBlocks: number;
  /** What gas money there is; without it everything is sent. */
  readonly purse?: Pick<Purse, "refuses">;
  /** Called after the journal has a new status of a transaction. */
  readonly onChange: (transaction: Transaction) => void;
  /** Called when something that is not in the journal used a nonce of this key. */
  readonly onDisplaced?: () => void;
}

/** A transaction that blocks leave out for too long. */
export interface StuckTransaction {
  readonly purpose: TransactionPurpose;
  readonly nonce: number;
  /** Blocks since it was first signed. */
  readonly blocks: number;
}

export interface QueueStatus {
  readonly queued: number;
  readonly sent: number;
  readonly stuck: readonly StuckTransaction[];
}

/** With what a transaction is signed. */
interface Attempt {
  readonly nonce: number;
  readonly gas: bigint;
  readonly fees: Fees;
  readonly head: BlockRow;
}

type Unsigned = Pick<Transaction, "id" | "to" | "data" | "purpose">;

/** Gas beyond the estimate: the state may change before inclusion. In percent, and absolute. */
const GAS_MARGIN_PERCENT = 125n;
const GAS_MARGIN = 20_000n;
/** Heads that a nonce must look used by something else before that is believed. */
const DISPLACED_AFTER_HEADS = 3;
/** A transfer of nothing. */
const FILLER_GAS = 21_000n;
/** Heads that a nonce must be missing before it is filled. */
const GAP_AFTER_HEADS = 3;
/** Blocks after which signed bytes are handed to the endpoint again. */
const OFFER_EVERY_BLOCKS = 3;
/** Questions about transactions that wait for no answer of one another. */
const BATCH = 8;
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
  /** By id: the alarm was raised. */
  readonly #stuck = new Map<number, StuckTransaction>();
  /** Block at which a transaction was rolled back, by id: its inclusion is waited for anew. */
  readonly #undoneAt = new Map<number, number>();
  /** Ids of transactions whose fee cannot be raised any more. */
  readonly #atCap = new Set<number>();
  /** The nonce that nothing uses although later ones wait, and the heads for which that was so. */
  #gap: { readonly nonce: number; readonly heads: number } | undefined;
  #checkedHead: Hash | undefined;
  /** Number of the newest head that was told. */
  #highest = 0;

  constructor(options: TransactionQueueOptions) {
    this.#options = options;
  }

  get status(): QueueStatus {
    const { journal } = this.#options;
    const [queued, sent] = (["queued", "sent"] as const).map(
      (status) => journal.transactionsIn(status).length,
    );
    return { queued: queued ?? 0, sent: sent ?? 0, stuck: [...this.#stuck.values()] };
  }

  /** Tells the queue that transactions were journaled. */
  nudge(): void {
    this.#wakeup.wake();
  }

  onHead({ number }: BlockRow): void {
    this.#highest = number;
    this.#wakeup.wake();
  }

  onRollback(above: number): void {
    const { journal } = this.#options;
    const tip = this.#highest;
    // Also what counted as final: a chain may leave more than was thought.
    for (const transaction of journal.transactionsAbove(above)) {
      journal.record({ kind: "transaction-rolled-back", id: transaction.id });
      this.#offeredAt.delete(transaction.id);
      this.#undoneAt.set(transaction.id, tip);
      this.#changed(transaction.id);
    }
    this.#wakeup.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const mark = this.#wakeup.mark();
      let failed = false;
      try {
        await this.#look(signal);
      } catch (err) {
        if (signal.aborted) return;
        if (isExecutorError(err, "journal-unusable")) throw err;
        failed = true;
        this.#options.logger.warn({ code: "queue-poll-failed", err }, "The queue is tried again.");
      }
      const open = failed || this.#options.journal.transactionsIn("queued").length > 0;
      await this.#wakeup.wait(mark, signal, open ? RETRY_MILLIS : undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { head } = this.#options.tracker;
    if (!head) return;
    if (head.hash !== this.#checkedHead) {
      await this.#checkIncluded(head);
      await this.#checkSent(head);
      this.#checkedHead = head.hash;
    }
    await this.#sendQueued(head, signal);
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
        await this.#finalize(id, blockHash, head);
      }
    }
  }

  /** Asks once more for the receipt that everything later relies on, and books what it cost. */
  async #finalize(id: number, blockHash: Hash, head: BlockRow): Promise<void> {
    const { journal, logger } = this.#options;
    const hash = journal.transaction(id)?.hash;
    const receipt = hash && (await this.#receipt(hash));
    if (!receipt || receipt.blockHash !== blockHash) {
      logger.warn({ code: "receipt-withdrawn", hash }, "A receipt is not there any more.");
      journal.record({ kind: "transaction-rolled-back", id });
    } else {
      const wei = receipt.gasUsed * receipt.effectiveGasPrice;
      const cost = { day: dayOf(head.timestamp), wei };
      journal.record({ kind: "transaction-finalized", id, cost });
    }
    this.#changed(id);
  }

  async #checkSent(head: BlockRow): Promise<void> {
    const sent = this.#options.journal.transactionsIn("sent");
    if (sent.length === 0) return;
    const { client, account } = this.#options;
    const used = await client.getTransactionCount({ address: account.address });
    await this.#findGap(sent, used, head);
    await inBatches(sent, BATCH, async (transaction) => {
      if (transaction.nonce === undefined || transaction.nonce >= used) {
        await this.#offerAgain(transaction, head);
      } else if (!(await this.#findReceipt(transaction))) {
        this.#countMissing(transaction);
      }
    });
  }

  async #findReceipt(transaction: Transaction): Promise<boolean> {
    const { journal, tracker } = this.#options;
    for (const attempt of journal.attempts(transaction.id)) {
      const receipt = await this.#receipt(attempt.hash);
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
      this.#unstuck(transaction.id);
      this.#changed(transaction.id);
      return true;
    }
    return false;
  }

  async #receipt(hash: Hash) {
    // Polled directly: viem's waiting helper was seen to hang under interval mining.
    return await this.#options.client.getTransactionReceipt({ hash }).catch((error: unknown) => {
      if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") {
        return undefined;
      }
      throw error;
    });
  }

  /**
   * A nonce below those of all that was sent, which nothing uses: a transaction that another program
   * sent with this key was forgotten, say. Nothing would ever be included.
   */
  async #findGap(sent: readonly Transaction[], used: number, head: BlockRow): Promise<void> {
    const { account, client, journal, logger } = this.#options;
    const lowest = Math.min(...sent.flatMap(({ nonce }) => nonce ?? []));
    const pending = { address: account.address, blockTag: "pending" } as const;
    if (lowest <= used || (await client.getTransactionCount(pending)) > used) {
      this.#gap = undefined;
      return;
    }
    const heads = this.#gap?.nonce === used ? this.#gap.heads + 1 : 1;
    this.#gap = { nonce: used, heads };
    if (heads < GAP_AFTER_HEADS) return;
    this.#gap = undefined;
    logger.error({ code: "nonce-gap", nonce: used, lowest }, "A nonce is missing, and is filled.");
    const holder = journal.transactionWithNonce(used);
    if (holder) {
      // Its receipt was believed, and the chain has forgotten it.
      journal.record({ kind: "transaction-rolled-back", id: holder.id });
      this.#changed(holder.id);
      return;
    }
    const fees = cappedFees(await currentFees(client), this.#options.maxFeePerGas);
    const filler = { to: account.address, data: "0x", purpose: "fill-gap" } as const;
    const [id = 0] = journal.record({ kind: "transaction-queued", ...filler });
    await this.#signAndOffer({ id, ...filler }, { nonce: used, gas: FILLER_GAS, fees, head });
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
    this.#options.onDisplaced?.();
    this.#changed(transaction.id);
  }

  async #offerAgain(transaction: Transaction, head: BlockRow): Promise<void> {
    const { journal, logger, bumpAfterBlocks, maxFeePerGas, client } = this.#options;
    const [first, ...more] = journal.attempts(transaction.id);
    if (!first) return;
    const last = more.at(-1) ?? first;
    const waits = Math.max(first.block, this.#undoneAt.get(transaction.id) ?? 0);
    this.#alarm(transaction, head.number - waits);
    if (head.number - last.block >= bumpAfterBlocks) {
      const fees = replacementFees(last, await currentFees(client), maxFeePerGas);
      if (fees) {
        const { nonce = 0, gas = 0n } = transaction;
        await this.#signAndOffer(transaction, { nonce, gas, fees, head });
        return;
      }
      if (!this.#atCap.has(transaction.id)) {
        this.#atCap.add(transaction.id);
        logger.warn(
          { code: "fee-at-cap", purpose: transaction.purpose, hash: last.hash },
          "A transaction is not included and its fee has reached the cap.",
        );
      }
    }
    const offeredAt = this.#offeredAt.get(transaction.id);
    // Nodes forget: after a restart, a reorg, or when their pool is full.
    if (offeredAt !== undefined && head.number - offeredAt < OFFER_EVERY_BLOCKS) return;
    await this.#offer(transaction.id, last.raw, head);
  }

  #alarm(transaction: Transaction, blocks: number): void {
    const { logger, stuckAfterBlocks } = this.#options;
    const { id, purpose, nonce = 0 } = transaction;
    if (blocks < stuckAfterBlocks) return;
    const known = this.#stuck.has(id);
    this.#stuck.set(id, { purpose, nonce, blocks });
    if (known) return;
    logger.error(
      { code: "transaction-stuck", purpose, nonce, blocks },
      "Blocks leave a transaction out, for whatever is offered.",
    );
  }

  #unstuck(id: number): void {
    this.#atCap.delete(id);
    this.#undoneAt.delete(id);
    const stuck = this.#stuck.get(id);
    if (!stuck) return;
    this.#stuck.delete(id);
    this.#options.logger.info({ code: "transaction-stuck-over", ...stuck }, "It is included.");
  }

  /**
   * A few at a time, the most urgent first, until there is a new head: what is queued meanwhile, or is seen included, must not wait
   * for a backlog. A reveal behind sixty claims would miss its window.
   */
  async #sendQueued(head: BlockRow, signal: AbortSignal): Promise<void> {
    const { journal, client, account, logger, maxFeePerGas, tracker } = this.#options;
    if (journal.transactionsIn("queued").length === 0) return;
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
    const tried = new Set<number>();
    do {
      const batch = journal
        .transactionsIn("queued")
        .filter(({ id }) => !tried.has(id))
        .sort((a, b) => rankOf(a.purpose) - rankOf(b.purpose))
        .slice(0, BATCH);
      if (batch.length === 0) return;
      for (const { id } of batch) tried.add(id);
      await this.#sendBatch(batch, { count, fees: capped, head });
    } while (!signal.aborted && tracker.head?.hash === head.hash);
  }

  async #sendBatch(
    batch: readonly Transaction[],
    { count, fees, head }: { readonly count: number; readonly fees: Fees; readonly head: BlockRow },
  ): Promise<void> {
    const { journal } = this.#options;
    const limits = await Promise.all(batch.map((transaction) => this.#gasOf(transaction)));
    const signed: { id: number; raw: Hex }[] = [];
    for (const [index, transaction] of batch.entries()) {
      const { id } = transaction;
      const gas = limits[index];
      // Its assignment may have dropped it meanwhile.
      if (gas === undefined || journal.transaction(id)?.status !== "queued") continue;
      const nonce = Math.max(count, journal.nextNonce());
      try {
        signed.push({ id, raw: await this.#sign(transaction, { nonce, gas, fees, head }) });
      } catch (error) {
        this.#notSent(transaction, error);
      }
    }
    await Promise.all(signed.map(({ id, raw }) => this.#offer(id, raw, head)));
    for (const { id } of signed) this.#changed(id);
  }

  /** What to allow a queued transaction; undefined when it is not to be sent, or not now. */
  async #gasOf(transaction: Transaction): Promise<bigint | undefined> {
    const { client, account, purse } = this.#options;
    const { to, data, purpose } = transaction;
    const short = purse?.refuses(purpose);
    if (short) {
      this.#refused(transaction, short, "Gas money is short.");
      return undefined;
    }
    try {
      const gas = await client.estimateGas({ account: account.address, to, data });
      return (gas * GAS_MARGIN_PERCENT) / 100n + GAS_MARGIN;
    } catch (error) {
      this.#notSent(transaction, error);
      return undefined;
    }
  }

  #notSent(transaction: Transaction, error: unknown): void {
    const { journal, logger, account } = this.#options;
    const { id, purpose } = transaction;
    const failure = classifySendFailure(error);
    if (failure.kind === "reverted") {
      // Its assignment has dropped it while it was simulated.
      if (journal.transaction(id)?.status !== "queued") return;
      const text = "The contract would refuse a transaction; it was not sent.";
      this.#refused(transaction, failure.error, text);
    } else if (failure.kind === "unfunded") {
      logger.error(
        { code: "balance-too-low", purpose, operator: account.address },
        "The operator key cannot pay for gas.",
      );
    } else {
      logger.warn({ code: "send-failed", purpose, err: error }, "A transaction was not sent.");
    }
  }

  #refused({ id, purpose }: Transaction, error: string, text: string): void {
    const { journal, logger } = this.#options;
    journal.record({ kind: "transaction-refused", id, error });
    logger.debug({ code: "transaction-refused", purpose, error }, text);
    this.#changed(id);
  }

  /** Signs, and journals the signed bytes, which are for the caller to offer. */
  async #sign(transaction: Unsigned, { nonce, gas, fees, head }: Attempt): Promise<Hex> {
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
    return raw;
  }

  async #signAndOffer(transaction: Unsigned, attempt: Attempt): Promise<void> {
    const raw = await this.#sign(transaction, attempt);
    await this.#offer(transaction.id, raw, attempt.head);
    this.#changed(transaction.id);
  }

  /** Hands signed bytes to the network. Failures are left to the next head. */
  async #offer(id: number, raw: Hex, head: BlockRow): Promise<void> {
    const { client, journal, logger, observer } = this.#options;
    const transaction = journal.transaction(id);
    const act = transaction && ({ kind: "broadcast", transaction } as const);
    try {
      if (act) observer?.before?.(act);
      await client.sendRawTransaction({ serializedTransaction: raw });
      if (act) observer?.after?.(act);
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
