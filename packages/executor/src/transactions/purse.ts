import type { Address, PublicClient } from "viem";

import { BOUND_STATES } from "../assignments/states.ts";
import type { ChainListener } from "../chain/chain-tracker.ts";
import type { Journal } from "../journal/journal.ts";
import type { BlockRow, TransactionPurpose } from "../journal/transition.ts";
import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import type { Service } from "../runtime/supervise.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import type { IntakeGate } from "../services/intake-gate.ts";
import { cappedFees, currentFees } from "./fees.ts";
import { isOptional } from "./urgency.ts";

export interface PurseOptions {
  readonly client: PublicClient;
  readonly operator: Address;
  readonly journal: Journal;
  readonly gate: IntakeGate;
  readonly logger: Logger;
  /** Highest fee per gas ever offered, wei. */
  readonly maxFeePerGas: bigint;
  /** Gas that a seat may still need at worst: unfold, commit, reveal, settle or expire. */
  readonly seatGas: number;
  /** Lowest balance, wei, instead of what the held seats may cost now. */
  readonly minBalance?: bigint | undefined;
  /** Most gas money spent in a day, wei. */
  readonly maxPerDay?: bigint | undefined;
}

/** Gas money of the operator key, wei. */
export interface PurseStatus {
  /** Absent until it was looked at. */
  readonly balance?: bigint;
  /** What ends the held seats and one more, at the present fees. */
  readonly needed?: bigint;
  readonly spentToday: bigint;
  readonly maxPerDay?: bigint;
}

export type PurseReason = "balance-low" | "spending-limit";

const SECONDS_PER_DAY = 86_400;
/** Blocks after which the balance is looked at again, if nothing else happens. */
const LOOK_EVERY_BLOCKS = 5;
const RETRY_MILLIS = 1_000;

/** Day of the chain's clock, UTC. */
export function dayOf(timestamp: number): number {
  return Math.floor(timestamp / SECONDS_PER_DAY);
}

/**
 * Watches the gas money. When it runs short, or the day's limit is reached, no further seats are
 * taken; what protects a lock is always sent.
 */
export class Purse implements Service, ChainListener {
  readonly name = "purse";
  readonly #options: PurseOptions;
  readonly #wakeup = new Wakeup();
  readonly #reasons = new Set<PurseReason>();
  #head: BlockRow | undefined;
  #looked: { readonly block: number; readonly held: number } | undefined;
  #balance: bigint | undefined;
  #needed: bigint | undefined;

  constructor(options: PurseOptions) {
    this.#options = options;
  }

  get status(): PurseStatus {
    const { maxPerDay } = this.#options;
    return {
      ...(this.#balance !== undefined && { balance: this.#balance }),
      ...(this.#needed !== undefined && { needed: this.#needed }),
      spentToday: this.#spent(),
      ...(maxPerDay !== undefined && { maxPerDay }),
    };
  }

  /** Why a transaction of this purpose is not sent; undefined: it is. */
  refuses(purpose: TransactionPurpose): PurseReason | undefined {
    if (!isOptional(purpose)) return undefined;
    this.#judgeSpending();
    return [...this.#reasons][0];
  }

  onHead(head: BlockRow): void {
    this.#head = head;
    this.#judgeSpending();
    this.#wakeup.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const mark = this.#wakeup.mark();
      try {
        if (this.#isDue()) await this.look();
      } catch (err) {
        if (signal.aborted) return;
        this.#options.logger.warn({ code: "balance-unread", err }, "The balance was not read.");
        await sleep(RETRY_MILLIS, signal).catch(() => undefined);
      }
      await this.#wakeup.wait(mark, signal);
    }
  }

  /** Compares the balance with what the held seats may cost. */
  async look(): Promise<void> {
    const { client, operator, maxFeePerGas, seatGas, minBalance } = this.#options;
    const held = this.#held();
    const block = this.#head?.number ?? 0;
    const fees = cappedFees(await currentFees(client), maxFeePerGas);
    this.#balance = await client.getBalance({ address: operator });
    this.#needed = minBalance ?? BigInt(held + 1) * BigInt(seatGas) * fees.maxFeePerGas;
    this.#looked = { block, held };
    this.#set("balance-low", this.#balance < this.#needed, {
      ...{ operator, balance: String(this.#balance), needed: String(this.#needed), held },
    });
  }

  #isDue(): boolean {
    const looked = this.#looked;
    if (!looked || !this.#head) return this.#head !== undefined;
    return (
      this.#head.number - looked.block >= LOOK_EVERY_BLOCKS ||
      this.#head.number < looked.block ||
      this.#held() !== looked.held
    );
  }

  #held(): number {
    return this.#options.journal.countIn(BOUND_STATES);
  }

  /** Final transactions at what they cost; those under way at what they may cost. */
  #spent(): bigint {
    const { journal } = this.#options;
    let wei = journal.spentOn(dayOf(this.#head?.timestamp ?? 0));
    for (const status of ["sent", "included"] as const) {
      for (const { id, gas = 0n, gasUsed = gas } of journal.transactionsIn(status)) {
        wei += gasUsed * (journal.attempts(id).at(-1)?.maxFeePerGas ?? 0n);
      }
    }
    return wei;
  }

  #judgeSpending(): void {
    const { maxPerDay } = this.#options;
    if (maxPerDay === undefined) return;
    const spent = this.#spent();
    const entry = { spent: String(spent), maxPerDay: String(maxPerDay) };
    this.#set("spending-limit", spent >= maxPerDay, entry);
  }

  #set(reason: PurseReason, on: boolean, entry: object): void {
    if (this.#reasons.has(reason) === on) return;
    const { gate, logger } = this.#options;
    if (on) {
      this.#reasons.add(reason);
      gate.close(reason);
      logger.error({ code: reason, ...entry }, "No further seats are taken: gas money is short.");
    } else {
      this.#reasons.delete(reason);
      gate.lift(reason);
      logger.info({ code: `${reason}-over`, ...entry }, "Seats are taken again.");
    }
  }
}
