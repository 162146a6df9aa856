import type { ProgramDocument, Request } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash } from "viem";

import type { ProviderIdentity } from "../assignments/context.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import type { KeptCheckpoint } from "../engines/kept-checkpoints.ts";
import type { Journal } from "../journal/journal.ts";
import type { Transaction } from "../journal/rows.ts";
import type { SeatKey } from "../journal/transition.ts";
import { checkpointDigestOf, type MarketCalls } from "../market/calls.ts";
import type { MarketReader } from "../market/market-reader.ts";
import type { Logger } from "../runtime/logger.ts";
import { CheckpointRefused, fetchCheckpoint } from "./fetch-checkpoint.ts";
import { dropCheckpoint, holdCheckpoint, publishCheckpoint } from "./publish-checkpoint.ts";
import type { RunCheckpoints } from "./resumable-run.ts";
import { isSole, mayBeJudged, resumable } from "./resume-rule.ts";

export interface SeatCheckpointsOptions {
  readonly config: ExecutorConfig["checkpoints"];
  readonly identity: ProviderIdentity;
  readonly storage: Storage;
  readonly journal: Journal;
  readonly market: Pick<MarketReader, "checkpoints" | "provider" | "task">;
  readonly calls: Pick<MarketCalls, "checkpoint" | "unfolding">;
  /** Connects to providers that may have what they logged. */
  readonly reachSeats: (providers: readonly number[], signal: AbortSignal) => Promise<void>;
  /** Called when a transaction was journaled. */
  readonly onQueued: () => void;
  readonly logger: Logger;
}

/** A seat whose program runs. */
export interface RunningSeat {
  readonly key: SeatKey;
  readonly request: Request;
  readonly postedBlock: number;
  /** A panel's: it computes for itself, and tells nobody before it votes. */
  readonly isJudge: boolean;
  readonly signal: AbortSignal;
}

/** Largest trust there is, tenths: whoever comes next may have it. */
const MOST_TRUST = 100;
/** Checkpoints that are tried before a run begins anew. */
const MOST_TRIED = 3;
const LONGEST_FETCH_SECONDS = 60;
/** Published ones that stay: the newest may be on a branch of the chain that is left. */
const HELD = 2;
/** Refusals that will be the same for the rest of the seat. */
const LASTING = ["TooManyCheckpoints", "StakeNotFree", "StakeBelowMinimum"];

/** Whether others could go on from what this seat publishes, as far as the configuration wants that. */
export function isPublished(
  { publish }: Pick<ExecutorConfig["checkpoints"], "publish">,
  { request, isJudge }: Pick<RunningSeat, "request" | "isJudge">,
): boolean {
  if (publish === "never" || isJudge || request.volume > 1) return false;
  return publish === "always" || (isSole(request, MOST_TRUST) && !mayBeJudged(request));
}

/** Publishes checkpoints of this executor's seats, and finds those that a seat may go on from. */
export class SeatCheckpoints {
  readonly #options: SeatCheckpointsOptions;

  constructor(options: SeatCheckpointsOptions) {
    this.#options = options;
  }

  /** What the runs of a seat keep and take up, until the seat's signal ends. */
  of(seat: RunningSeat): RunCheckpoints {
    const { config, logger } = this.#options;
    const everyMillis =
      1_000 * Math.max(config.intervalSeconds, seat.request.commitWindow / config.perSeat);
    const publishes = isPublished(config, seat);
    let publishedAt = performance.now();
    let busy = false;
    return {
      inherited: (program, folder, signal) => this.#inherited(seat, program, folder, signal),
      kept: (_, kept) => {
        const now = performance.now();
        if (!publishes || busy || seat.signal.aborted || now - publishedAt < everyMillis) return;
        busy = true;
        this.#publish(seat, kept)
          .then((done) => {
            if (done) publishedAt = now;
          })
          .catch((err: unknown) => {
            if (seat.signal.aborted) return;
            const { task } = seat.key;
            logger.warn({ code: "checkpoint-unpublished", task, err }, "It stays on this machine.");
          })
          .finally(() => {
            busy = false;
          });
      },
    };
  }

  /** Lets go of what a seat published: its task is over. Repeating it does nothing. */
  async release({ task }: SeatKey): Promise<void> {
    await dropCheckpoint(this.#options.storage, task);
  }

  /** @returns whether it is on its way to the chain */
  async #publish({ key, postedBlock, signal }: RunningSeat, kept: KeptCheckpoint) {
    const { config, journal, storage, market, calls, onQueued, logger } = this.#options;
    const { task } = key;
    const earlier = journal.transactionsOf("checkpoint", key);
    const last = earlier.at(-1);
    if (last && (last.status === "queued" || last.status === "sent")) return false;
    if (last?.error !== undefined && LASTING.includes(last.error)) return false;
    if (earlier.filter(({ status }) => status !== "refused").length >= config.perSeat) return false;
    if (kept.bytes > config.maxBytes) return false;

    const published = await publishCheckpoint(storage, task, kept, signal);
    const known = digestsOf(earlier);
    if (known.includes(published.digest)) return false;
    const view = await market.task(task, { fromBlock: postedBlock });
    if (view.kind !== "live" || view.task.status !== "executing") return false;
    const call = calls.checkpoint(key, published.digest);
    await holdCheckpoint(storage, task, published, signal);
    signal.throwIfAborted();
    // The run ended meanwhile: what it came to is to be committed, not this.
    if (journal.assignment(key)?.state !== "running") return false;
    journal.record(view.fold ? calls.unfolding(view.fold, task, call) : call);
    onQueued();
    for (const older of known.slice(0, 1 - HELD)) await dropCheckpoint(storage, task, older);
    const { digest } = published;
    const { sequence, bytes } = kept;
    logger.info({ code: "checkpoint-published", task, digest, sequence, bytes }, "It is public.");
    return true;
  }

  async #inherited(
    { key, request, postedBlock, isJudge }: RunningSeat,
    program: ProgramDocument,
    folder: string,
    signal: AbortSignal,
  ): Promise<KeptCheckpoint | undefined> {
    const { identity, storage, market, reachSeats, logger } = this.#options;
    const { task } = key;
    if (isJudge || request.volume > 1) return undefined;
    const found = await market.checkpoints(task, postedBlock);
    if (found.logged.length === 0) return undefined;
    const { trust } = await market.provider(identity.provider);
    const own = { provider: identity.provider, trust };
    const digests = resumable(request, own, found).slice(0, MOST_TRIED);
    if (digests.length === 0) return undefined;
    const holders = found.logged.filter(({ digest }) => digests.includes(digest));
    const seconds = Math.min(LONGEST_FETCH_SECONDS, request.commitWindow / 5);
    const late = AbortSignal.timeout(seconds * 1_000);
    const until = AbortSignal.any([signal, late]);
    const refused = (digest: Hash, reason: string, detail: string) =>
      logger.warn({ code: "checkpoint-refused", task, digest, reason, detail }, "It is not used.");
    await reachSeats([...new Set(holders.map(({ provider }) => provider))], until);
    for (const digest of digests) {
      try {
        return await fetchCheckpoint({ storage, task, program, folder }, digest, until);
      } catch (error) {
        signal.throwIfAborted();
        if (late.aborted) {
          refused(digest, "unavailable", `It was not to be had in ${seconds} seconds.`);
          return undefined;
        }
        if (!(error instanceof CheckpointRefused)) throw error;
        refused(digest, error.code, error.message);
      }
    }
    return undefined;
  }
}

/** What a seat's transactions log, oldest first; those that the market refused log nothing. */
function digestsOf(transactions: readonly Transaction[]): Hash[] {
  return transactions.flatMap(({ data }) => checkpointDigestOf(data) ?? []);
}
