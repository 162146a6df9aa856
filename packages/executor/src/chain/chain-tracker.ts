import type { Address, Log, PublicClient } from "viem";

import type { Journal } from "../journal/journal.ts";
import type { BlockRow } from "../journal/transition.ts";
import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import type { Service } from "../runtime/supervise.ts";
import { bloomMayContain } from "./bloom.ts";
import { type Header, readHeader } from "./chain-client.ts";

/** What follows the chain. Called in order, one block after the other. */
export interface ChainListener {
  /** The logs of the market in blocks that joined the chain, oldest first. */
  onLogs?(logs: readonly Log[]): void;
  /** The chain has a new head; all its logs have been told. */
  onHead?(head: BlockRow): void;
  /** Blocks above this number left the chain; what they proved is void. */
  onRollback?(above: number): void;
}

export interface ChainTrackerOptions {
  readonly client: PublicClient;
  /** Where the newest header comes from; default the client's. */
  readonly heads?: HeadSource;
  readonly market: Address;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly pollMillis: number;
  /** Where to look for the market's logs when the journal knows no block. */
  readonly startBlock: number;
}

export interface HeadSource {
  /** The newest header that is believed; undefined when there is none at the moment. */
  latest(): Promise<Header | undefined>;
  /** Called before much of the chain is believed to have changed. */
  identify(): Promise<void>;
}

/** Blocks caught up with by header; what lies further back is scanned by range. */
const HEADER_DEPTH = 64;
/** Blocks per range query of the catch-up. */
const RANGE = 2_000;
/** Blocks without logs are journaled this seldom: after a crash their scan repeats. */
const JOURNAL_EVERY = 40;

/**
 * Follows the chain by block hash. Every new header must name the previous one as its parent;
 * where it does not, the blocks that left the chain are rolled back first.
 */
export class ChainTracker implements Service {
  readonly name = "chain-tracker";
  readonly #options: ChainTrackerOptions;
  readonly #listeners: ChainListener[] = [];
  /** The followed chain's recent blocks, oldest first, without gaps. */
  #chain: BlockRow[];
  /** The newest of them that are not journaled. */
  #unsaved: BlockRow[] = [];
  /** Whether the chain was followed up to its head once; until then everything is history. */
  #synced = false;
  #answeredAt = performance.now();

  constructor(options: ChainTrackerOptions) {
    this.#options = options;
    this.#chain = options.journal.blocks();
  }

  /** The newest block followed; undefined until the chain's head was reached once. */
  get head(): BlockRow | undefined {
    return this.#synced ? this.#newest : undefined;
  }

  /** Milliseconds since an endpoint last told the chain's head. */
  get silentMillis(): number {
    return performance.now() - this.#answeredAt;
  }

  subscribe(listener: ChainListener): void {
    this.#listeners.push(listener);
  }

  /** Whether the block is on the followed chain; undefined when it is too old to say. */
  contains(number: number, hash: string): boolean | undefined {
    const first = this.#chain[0];
    if (!first || number < first.number) return undefined;
    return this.#chain[number - first.number]?.hash === hash;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { client, heads, logger, pollMillis } = this.#options;
    let failing = false;
    while (!signal.aborted) {
      try {
        const latest = await (heads?.latest() ?? readHeader(client, "latest"));
        if (latest) this.#answeredAt = performance.now();
        if (latest && (!this.#synced || latest.hash !== this.#newest?.hash)) {
          await this.#follow(latest, signal);
        }
        failing = false;
      } catch (error) {
        if (signal.aborted) return;
        // Once per outage: a poll is short.
        if (!failing) {
          logger.warn({ code: "chain-poll-failed", err: error }, "The chain could not be read.");
        }
        failing = true;
      }
      await sleep(pollMillis, signal).catch(() => undefined);
    }
  }

  /** Brings the followed chain to `latest`, or leaves it as it is when the chain moves meanwhile. */
  async #follow(latest: Header, signal: AbortSignal): Promise<void> {
    const newest = this.#newest;
    if (newest && latest.number <= newest.number && this.contains(latest.number, latest.hash)) {
      // Unchanged, or an endpoint that lags behind on the same chain.
      this.#announce();
      return;
    }
    if (newest && latest.parent !== newest.hash) await this.#options.heads?.identify();
    if (!newest || latest.number > newest.number + HEADER_DEPTH) {
      await this.#catchUp(latest, signal);
    }
    const fresh = await this.#connect(latest);
    const oldest = fresh?.[0];
    if (!fresh || !oldest) return;
    const logs = await this.#readLogs(fresh);
    if (oldest.number <= (this.#newest?.number ?? -1)) this.#rollBack(oldest.number - 1);
    this.#append(fresh, logs);
    this.#announce();
  }

  /** New headers from the last common block to `latest`, oldest first. */
  async #connect(latest: Header): Promise<Header[] | undefined> {
    const fresh = [latest];
    for (let child = latest; !this.#isConnected(child); ) {
      const parent = await readHeader(this.#options.client, { hash: child.parent });
      if (!parent) return undefined;
      fresh.unshift(parent);
      child = parent;
    }
    return fresh;
  }

  /** Whether the parent is followed, or is older than anything followed. */
  #isConnected(header: BlockRow): boolean {
    const first = this.#chain[0];
    if (!first || header.number <= first.number) return true;
    return this.contains(header.number - 1, header.parent) === true;
  }

  /** Tells the logs up to `HEADER_DEPTH` behind `latest` by ranges, and starts the chain there. */
  async #catchUp(latest: Header, signal: AbortSignal): Promise<void> {
    const { client, market, startBlock, journal } = this.#options;
    const target = await readHeader(client, { number: Math.max(0, latest.number - HEADER_DEPTH) });
    if (!target) return;
    let from = startBlock;
    const newest = this.#newest;
    if (newest) {
      // Events told twice do no harm, events never told do: begin a little earlier.
      from = Math.max(startBlock, newest.number - HEADER_DEPTH);
      const same = await readHeader(client, { number: newest.number });
      if (same?.hash !== newest.hash) {
        from = Math.max(startBlock, (this.#chain[0]?.number ?? newest.number) - HEADER_DEPTH);
        for (const listener of this.#listeners) listener.onRollback?.(from);
      }
    }
    for (; from <= target.number && !signal.aborted; from += RANGE) {
      const to = Math.min(from + RANGE - 1, target.number);
      const logs = await client.getLogs({
        address: market,
        fromBlock: BigInt(from),
        toBlock: BigInt(to),
      });
      for (const listener of this.#listeners) if (logs.length > 0) listener.onLogs?.(logs);
    }
    journal.record({ kind: "blocks-rolled-back", above: -1 });
    this.#chain = [];
    this.#unsaved = [];
    this.#append([target], []);
  }

  async #readLogs(headers: readonly Header[]): Promise<Log[]> {
    const { client, market } = this.#options;
    const logs: Log[] = [];
    for (const header of headers) {
      if (!bloomMayContain(header.logsBloom, market)) continue;
      // By hash: logs of another block of that number would be lies.
      logs.push(...(await client.getLogs({ address: market, blockHash: header.hash })));
    }
    return logs;
  }

  #rollBack(above: number): void {
    const { journal, logger } = this.#options;
    const depth = (this.#newest?.number ?? above) - above;
    logger.warn({ code: "chain-reorganised", above, depth }, "Blocks left the chain.");
    this.#whole(() => {
      journal.record({ kind: "blocks-rolled-back", above });
      this.#chain = this.#chain.filter((block) => block.number <= above);
      this.#unsaved = this.#unsaved.filter((block) => block.number <= above);
      for (const listener of this.#listeners) listener.onRollback?.(above);
    });
  }

  #append(headers: readonly Header[], logs: readonly Log[]): void {
    const rows = headers.map(({ number, hash, parent, timestamp }) => ({
      number,
      hash,
      parent,
      timestamp,
    }));
    this.#whole(() => {
      this.#chain = [...this.#chain, ...rows].slice(-4 * HEADER_DEPTH);
      this.#unsaved = [...this.#unsaved, ...rows];
      for (const listener of this.#listeners) if (logs.length > 0) listener.onLogs?.(logs);
      // After the listeners have journaled what the logs mean: a crash between repeats the logs.
      if (logs.length > 0 || this.#unsaved.length >= JOURNAL_EVERY) {
        this.#options.journal.record({ kind: "blocks-followed", blocks: this.#unsaved });
        this.#unsaved = [];
      }
    });
  }

  /** Blocks count as followed when everybody has taken them in: where one could not (a full disk), all are told again. */
  #whole(change: () => void): void {
    const [chain, unsaved] = [this.#chain, this.#unsaved];
    try {
      change();
    } catch (error) {
      this.#chain = chain;
      this.#unsaved = unsaved;
      throw error;
    }
  }

  #announce(): void {
    const newest = this.#newest;
    if (!newest) return;
    this.#synced = true;
    for (const listener of this.#listeners) listener.onHead?.(newest);
  }

  get #newest(): BlockRow | undefined {
    return this.#chain.at(-1);
  }
}
