import type { Request } from "@deco-network/sdk";
import type { Hash } from "viem";

import { OCCUPYING_STATES } from "../../assignments/states.ts";
import type { Journal } from "../../journal/journal.ts";
import { decodeRequest } from "../../market/request.ts";

/**
 * Counts what is promised beside what is seated, so that no capacity and no stake is promised
 * twice. An offer counts from before it is prepared until it has given a seat or has ended.
 */
export class OfferBook {
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #drafts = new Map<Hash, Request>();

  /** @param now Second of the latest block. */
  constructor(journal: Journal, now: () => number) {
    this.#journal = journal;
    this.#now = now;
  }

  /** Tasks that occupy the machine, or may do so without this executor being asked again. */
  occupied(except?: Hash): number {
    return this.#journal.countIn(OCCUPYING_STATES) + this.promised(except).size;
  }

  /** Stake that open promises may lock, in base units of DECO. */
  promisedLock(except?: Hash): bigint {
    let sum = 0n;
    for (const { lock } of this.promised(except).values()) sum += lock;
    return sum;
  }

  /** Counts a task that an offer is prepared for; undefined when it is counted already. */
  draft(task: Hash, request: Request): { end(): void } | undefined {
    if (this.#drafts.has(task)) return undefined;
    this.#drafts.set(task, request);
    return { end: () => void this.#drafts.delete(task) };
  }

  /** Requests of the tasks that are promised, or are being prepared to be. */
  promised(except?: Hash): Map<Hash, Request> {
    const promised = new Map(this.#drafts);
    for (const { key, request } of this.#journal.offersOpen(this.#now())) {
      promised.set(key.task, decodeRequest(request));
    }
    if (except !== undefined) promised.delete(except);
    return promised;
  }
}
