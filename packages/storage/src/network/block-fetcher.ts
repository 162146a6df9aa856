import type { CID } from "multiformats/cid";
import { type BlockKey, blockKey } from "../blocks/block-key.ts";
import { blockMatches } from "../blocks/verify-block.ts";
import { StorageError } from "../errors.ts";
import type { StorageEvent } from "../storage.ts";
import { askGateway } from "./gateway-source.ts";
import { raceSignal } from "./race-signal.ts";
import { sleep } from "./sleep.ts";
import { MAX_BLOCK_BYTES, type SourceAnswer } from "./source-answer.ts";

export interface BlockFetcherOptions {
  /** Waits until a peer sends the block; absent without peer-to-peer. */
  readonly fromPeers?: (cid: CID, signal: AbortSignal) => Promise<Uint8Array>;
  /** Whether any peer is connected, hence worth asking before the gateways. */
  readonly hasPeers: () => boolean;
  /** Base URLs without a trailing slash. */
  readonly gateways: readonly string[];
  /** Further sources, asked as gateways are. */
  readonly sources?: readonly HttpSource[];
  readonly onEvent: (event: StorageEvent) => void;
}

/** A place that is asked for one block at a time over HTTP. */
export interface HttpSource {
  /** Its URL, which is unique among the sources. */
  readonly name: string;
  readonly ask: (cid: CID, signal: AbortSignal) => Promise<SourceAnswer>;
  readonly onFailed: (error: unknown) => void;
}

/** Names the peers among the sources, the others being named by their URLs. */
const PEERS = "peers";
/** How long a source may be alone before the next one is asked too. */
const HEAD_START_MILLIS = 150;
const FIRST_RETRY_MILLIS = 250;
const LONGEST_RETRY_MILLIS = 5_000;

type SourceFailure = { readonly source: string; readonly reason: string; readonly error?: unknown };

/** Resolves with a verified block; rejects with a {@link SourceFailure} when asking on is vain. */
type Ask = (cid: CID, failures: SourceFailure[], signal: AbortSignal) => Promise<Uint8Array>;

interface Flight {
  readonly controller: AbortController;
  readonly block: Promise<Uint8Array>;
  readonly failures: SourceFailure[];
  waiters: number;
}

/**
 * Fetches blocks from peers and gateways. Callers that want the same block share one flight,
 * which ends when the last of them stops waiting.
 */
export class BlockFetcher {
  readonly #options: BlockFetcherOptions;
  readonly #sources = new Map<string, Ask>();
  readonly #flights = new Map<BlockKey, Flight>();
  #lastWinner: string | undefined;

  constructor(options: BlockFetcherOptions) {
    this.#options = options;
    const { fromPeers } = options;
    if (fromPeers !== undefined) {
      this.#sources.set(PEERS, (cid, _, signal) => this.#askPeers(fromPeers, cid, signal));
    }
    for (const source of options.sources ?? []) this.#addSource(source);
    for (const gateway of options.gateways) this.addGateway(gateway);
  }

  /** Adding a gateway twice changes nothing. */
  addGateway(gateway: string): void {
    this.#addSource({
      name: gateway,
      ask: (cid, signal) => askGateway(gateway, cid, signal),
      onFailed: (error) => this.#options.onEvent({ type: "gateway-failed", gateway, error }),
    });
  }

  #addSource(source: HttpSource): void {
    this.#sources.set(source.name, (...args) => this.#askUntilClear(source, ...args));
  }

  /**
   * A verified block.
   * @param signal aborted with the {@link StorageError} to reject with
   * @throws StorageError `block-not-found` when every source denies having it, `digest-mismatch`
   *   when all that answered lied, `timeout`
   */
  async fetch(cid: CID, timeoutMillis: number, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const key = blockKey(cid);
    const flight = this.#flights.get(key) ?? this.#start(key, cid);
    flight.waiters++;
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(timeoutError(cid, timeoutMillis, flight.failures)),
      timeoutMillis,
    );
    try {
      return await raceSignal(flight.block, AbortSignal.any([signal, deadline.signal]));
    } finally {
      clearTimeout(timer);
      if (--flight.waiters === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.controller.abort();
      }
    }
  }

  #start(key: BlockKey, cid: CID): Flight {
    const controller = new AbortController();
    const failures: SourceFailure[] = [];
    const block = this.#run(cid, failures, controller.signal);
    block.catch(() => undefined);
    const flight: Flight = { controller, block, failures, waiters: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  async #run(cid: CID, failures: SourceFailure[], signal: AbortSignal): Promise<Uint8Array> {
    const attempts = this.#sourcesInOrder().map(async ([source, ask], position) => {
      if (position > 0) await sleep(position * HEAD_START_MILLIS, signal);
      const bytes = await ask(cid, failures, signal);
      this.#lastWinner = source;
      return bytes;
    });
    try {
      return await Promise.any(attempts);
    } catch {
      signal.throwIfAborted();
      throw nobodyHasIt(cid, failures);
    }
  }

  /** Whoever sent the last block first: it probably has the next one too. Absent peers last. */
  #sourcesInOrder(): [string, Ask][] {
    const rank = (source: string) => {
      if (source === this.#lastWinner) return 0;
      return source === PEERS && !this.#options.hasPeers() ? 2 : 1;
    };
    return [...this.#sources].sort(([a], [b]) => rank(a) - rank(b));
  }

  async #askPeers(
    fromPeers: NonNullable<BlockFetcherOptions["fromPeers"]>,
    cid: CID,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    for (;;) {
      const bytes = await fromPeers(cid, signal);
      if (bytes.byteLength <= MAX_BLOCK_BYTES && blockMatches(cid, bytes)) return bytes;
      this.#options.onEvent({ type: "source-lied", source: PEERS, cid: cid.toString() });
      await sleep(FIRST_RETRY_MILLIS, signal);
    }
  }

  /**
   * Repeats the question while the answer may still change. "Absent" is final only without
   * peers: with them the wait goes on anyway, and the source may get the block meanwhile.
   */
  async #askUntilClear(
    { name, ask, onFailed }: HttpSource,
    cid: CID,
    failures: SourceFailure[],
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    let pause = FIRST_RETRY_MILLIS;
    for (;;) {
      const answer = await ask(cid, signal);
      if (answer.kind === "block") return answer.bytes;
      if (answer.kind === "lied") {
        this.#options.onEvent({ type: "source-lied", source: name, cid: cid.toString() });
        throw recordFailure(failures, { source: name, reason: "lied" });
      }
      if (answer.kind === "failed") {
        onFailed(answer.error);
        recordFailure(failures, { source: name, reason: "failed", error: answer.error });
      } else if (this.#options.fromPeers === undefined) {
        throw recordFailure(failures, { source: name, reason: "absent" });
      }
      await sleep(pause, signal);
      pause = Math.min(2 * pause, LONGEST_RETRY_MILLIS);
    }
  }
}

/** Keeps the latest failure of each source; returns it to be thrown within the flight. */
function recordFailure(failures: SourceFailure[], failure: SourceFailure): SourceFailure {
  const index = failures.findIndex(({ source }) => source === failure.source);
  if (index === -1) failures.push(failure);
  else failures[index] = failure;
  return failure;
}

function describe(failures: readonly SourceFailure[]): string {
  return failures.map(({ source, reason }) => `${source} ${reason}`).join(", ");
}

function nobodyHasIt(cid: CID, failures: readonly SourceFailure[]): StorageError {
  if (failures.some(({ reason }) => reason === "lied")) {
    return new StorageError(
      "digest-mismatch",
      `Only wrong bytes were offered for ${cid.toString()} (${describe(failures)})`,
      { remedy: "Use other gateways or connect to a peer that has the content." },
    );
  }
  const asked = failures.length === 0 ? "no source is configured" : describe(failures);
  return new StorageError("block-not-found", `Nobody has ${cid.toString()} (${asked})`, {
    remedy: "Check the CID, and that whoever published the content still serves it.",
  });
}

function timeoutError(
  cid: CID,
  timeoutMillis: number,
  failures: readonly SourceFailure[],
): StorageError {
  const tried = failures.length === 0 ? "" : ` (${describe(failures)})`;
  return new StorageError(
    "timeout",
    `No source sent ${cid.toString()} within ${timeoutMillis} ms${tried}`,
    {
      remedy: "Connect to a peer or gateway that has the content, or allow more time.",
      cause: failures.find(({ error }) => error !== undefined)?.error,
    },
  );
}
