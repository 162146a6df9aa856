import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Address } from "viem";

import { AssignmentPool } from "./assignments/assignment-pool.ts";
import type { HandlerServices, ProviderIdentity, VoteStep } from "./assignments/context.ts";
import { HANDLERS, type HandlerTable } from "./assignments/handlers/index.ts";
import { ASSIGNMENT_STATES } from "./assignments/states.ts";
import { connectChain } from "./chain/chain-client.ts";
import { ChainTracker } from "./chain/chain-tracker.ts";
import type { ExecutorConfig } from "./config/schema.ts";
import { createEngines } from "./create-engines.ts";
import type { Engine } from "./engines/engine.ts";
import { ExecutorError } from "./errors.ts";
import { loadInstanceId } from "./identity/load-instance-id.ts";
import { loadOperator } from "./identity/load-operator.ts";
import { loadSaltSecret } from "./identity/load-salt-secret.ts";
import { Journal, type JournalObserver } from "./journal/journal.ts";
import { MarketCalls } from "./market/calls.ts";
import { MarketReader } from "./market/market-reader.ts";
import { openContent } from "./open-content.ts";
import { receiptNamed } from "./results/receipt-named.ts";
import { ReceiptWriter } from "./results/receipt-writer.ts";
import { ResultStore } from "./results/result-store.ts";
import { Closers } from "./runtime/closers.ts";
import { createLogger, type Logger } from "./runtime/logger.ts";
import type { Service } from "./runtime/supervise.ts";
import { BallotPost } from "./services/ballots/ballot-post.ts";
import { Collector } from "./services/collector.ts";
import { Confirmations } from "./services/confirmations.ts";
import { connectSeats } from "./services/connect-seats.ts";
import { DeliveryJudge } from "./services/delivery-judge.ts";
import { Intake } from "./services/intake.ts";
import { IntakeGate } from "./services/intake-gate.ts";
import { OfferBook } from "./services/offers/offer-book.ts";
import { openOffers } from "./services/offers/open-offers.ts";
import { openMessenger } from "./services/open-messenger.ts";
import { Runner } from "./services/runner.ts";
import { TransactionQueue } from "./transactions/transaction-queue.ts";

/** Parts that a caller may bring instead of the usual ones. */
export interface ExecutorParts {
  /** Receives the engines of the configuration; returns those that are used. */
  readonly engines?: (configured: readonly Engine[]) => readonly Engine[];
  /** What a seat votes for; usually what its run produced. */
  readonly vote?: VoteStep;
  readonly handlers?: Partial<HandlerTable>;
  readonly journalObserver?: JournalObserver;
  readonly logger?: Logger;
}

/** Everything that a running executor consists of. */
export interface Composition {
  readonly config: ExecutorConfig;
  readonly identity: ProviderIdentity;
  /** Multiaddrs at which this executor is reached, comma-separated, as described on-chain. */
  readonly endpoint: string;
  readonly services: HandlerServices;
  readonly tracker: ChainTracker;
  readonly queue: TransactionQueue;
  readonly pool: AssignmentPool;
  /** Loops to supervise, beside the pool's. */
  readonly loops: readonly Service[];
  readonly closers: Closers;
  readonly logger: Logger;
}

/**
 * Opens and connects every part. The only place that knows them all.
 * @throws ExecutorError, StorageError: what keeps the executor from starting; nothing stays open
 */
export async function compose(
  config: ExecutorConfig,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Composition> {
  const closers = new Closers();
  try {
    return await composeInto(closers, config, parts, signal);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function composeInto(
  closers: Closers,
  config: ExecutorConfig,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<Composition> {
  const { chain, dataFolder } = config;
  const logger = parts.logger ?? createLogger(config.log.level);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const account = await loadOperator(config.key);

  const { client, each } = await connectChain({ ...chain, chainId: chain.id });
  const market = await MarketReader.open(client, chain);
  const identity = await identify(market, config, account.address);

  const journal = new Journal(
    join(dataFolder, "journal.sqlite"),
    { chainId: chain.id, market: chain.market, operator: account.address },
    parts.journalObserver,
  );
  closers.add(() => journal.close());
  const saltSecret = await loadSaltSecret(
    join(dataFolder, "salt-secret"),
    journal.hasCommitments(),
  );

  const { storage, endpoint } = await openContent(config, closers, logger, (name) =>
    receiptNamed(journal, identity.provider, name),
  );
  const instanceId = await loadInstanceId(join(dataFolder, "instance-id"));
  const configured = await createEngines(config, instanceId, logger, signal);
  const runner = new Runner({
    storage,
    engines: parts.engines?.(configured.engines) ?? configured.engines,
    engineVersions: configured.versions,
    identity,
    workFolder: join(dataFolder, "work"),
    ...config.capacity,
    logger,
  });
  closers.add(() => runner.close());

  const tracker = new ChainTracker({ client, journal, logger, ...chain });
  const head = () => tracker.head ?? NO_BLOCK;
  const gate = new IntakeGate();
  const messenger = await openMessenger({ storage, identity, account, head, logger }, closers);
  const ballots = new BallotPost({ identity, account, journal, market, messenger, logger });
  const book = new OfferBook(journal, () => head().timestamp);
  const confirmations = new Confirmations({
    ...{ market, endpoints: each, head },
    confirmations: chain.confirmations,
  });
  const services: HandlerServices = {
    ...{ config, identity, saltSecret, journal, market, runner, gate, head },
    offers: book,
    calls: new MarketCalls(chain.market, identity.provider),
    results: new ResultStore(storage),
    delivery: new DeliveryJudge({
      ...{ storage, market, logger, retryMillis: chain.pollMillis },
      diskBytes: config.capacity.diskBytes,
    }),
    reachSeats: (providers, until) => connectSeats(storage, market, providers, until),
    ballots,
    receipts: new ReceiptWriter({
      ...{ storage, account, domain: identity, provider: identity.provider },
    }),
    vote: parts.vote ?? ((computed) => computed),
    confirmedReveal: (assignment, request) => confirmations.reveal(assignment, request),
    confirmedEnd: (task) => confirmations.end(task),
  };
  const queue = new TransactionQueue({
    ...{ client, account, journal, tracker, logger },
    chainId: chain.id,
    confirmations: chain.confirmations,
    ...config.transactions,
    onChange: (transaction) => pool.onTransaction(transaction),
  });
  const pool: AssignmentPool = new AssignmentPool({
    ...{ services, logger },
    handlers: { ...HANDLERS, ...parts.handlers },
    onQueued: () => queue.nudge(),
  });
  const { startBlock } = chain;
  // In this order: transactions roll back before assignments look at them.
  tracker.subscribe(queue);
  tracker.subscribe(new Intake({ identity, journal, market, pool, gate, logger, startBlock }));
  tracker.subscribe(pool);
  await ballots.serve((task) => pool.wake(task));
  const offers = await openOffers({
    ...{ config, identity, account, journal, market, runner, gate, book, head, logger },
    ...{ messenger, endpoint },
  });
  tracker.subscribe(offers.desk);
  const loops = [tracker, queue, new Collector({ journal, storage, logger }), ...offers.loops];
  return { config, identity, endpoint, services, tracker, queue, pool, loops, closers, logger };
}

/** Before the first block is followed nothing is due. */
const NO_BLOCK = { number: 0, hash: "0x", parent: "0x", timestamp: 0 } as const;

/** States in which an assignment still has a next step. */
export const OPEN_STATES = ASSIGNMENT_STATES.filter((state) => state !== "released");

async function identify(
  market: MarketReader,
  { chain }: ExecutorConfig,
  operator: Address,
): Promise<ProviderIdentity> {
  const provider = await market.providerOf(operator);
  if (provider !== undefined)
    return { provider, operator, chainId: chain.id, market: chain.market };
  throw new ExecutorError("provider-unknown", `No provider has the operator key ${operator}.`, {
    remedy: "Register a provider with this operator key, or correct key.file.",
  });
}
