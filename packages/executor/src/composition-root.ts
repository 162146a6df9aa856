import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Address, Hash } from "viem";

import type { ActObserver } from "./acts.ts";
import { allObservers } from "./all-observers.ts";
import { AssignmentPool } from "./assignments/assignment-pool.ts";
import type { HandlerServices, ProviderIdentity, VoteStep } from "./assignments/context.ts";
import { HANDLERS, type HandlerTable } from "./assignments/handlers/index.ts";
import { ASSIGNMENT_STATES } from "./assignments/states.ts";
import type { openAttestedSeats as OpenAttestedSeats } from "./attested/attested-seats.ts";
import { MaterialCache } from "./cache/material-cache.ts";
import { machineOf } from "./capacity/machine-of.ts";
import { DEFAULT_FUEL_PER_SECOND, RunTimes } from "./capacity/run-times.ts";
import { connectChain } from "./chain/chain-client.ts";
import { ChainTracker } from "./chain/chain-tracker.ts";
import { SeatCheckpoints } from "./checkpoints/seat-checkpoints.ts";
import type { ExecutorConfig } from "./config/schema.ts";
import { createEngines } from "./create-engines.ts";
import type { Engine } from "./engines/engine.ts";
import { ExecutorError } from "./errors.ts";
import { holdKey } from "./identity/hold-key.ts";
import { loadInstanceId } from "./identity/load-instance-id.ts";
import { type AskPassword, loadOperator } from "./identity/load-operator.ts";
import { loadSaltSecret } from "./identity/load-salt-secret.ts";
import { Journal } from "./journal/journal.ts";
import { MarketCalls } from "./market/calls.ts";
import { MarketReader } from "./market/market-reader.ts";
import { openContent } from "./open-content.ts";
import { Conditions } from "./operations/conditions.ts";
import { Metrics } from "./operations/metrics.ts";
import { Operations } from "./operations/operations.ts";
import { AGE_IDENTITY_FILE, loadRecipient } from "./privacy/load-recipient.ts";
import { PrivateDesk } from "./privacy/private-desk.ts";
import { PrivateTasks } from "./privacy/private-tasks.ts";
import { PrivateWork } from "./privacy/private-work.ts";
import { SealedResults } from "./privacy/sealed-results.ts";
import { ProgressDesk } from "./progress/progress-desk.ts";
import { RunLogs } from "./progress/run-logs.ts";
import { RefusalDesk } from "./reasons/refusal-desk.ts";
import type { Refusal } from "./reasons/refusals.ts";
import { catchUpGas, recordGas } from "./records/record-gas.ts";
import { RECORDS_FILE, Records } from "./records/records.ts";
import { receiptNamed } from "./results/receipt-named.ts";
import { ReceiptWriter } from "./results/receipt-writer.ts";
import { ResultStore } from "./results/result-store.ts";
import { Closers } from "./runtime/closers.ts";
import { createLogger, type Logger } from "./runtime/logger.ts";
import type { Service } from "./runtime/supervise.ts";
import { Backlog } from "./services/backlog.ts";
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
import { Purse } from "./transactions/purse.ts";
import { TransactionQueue } from "./transactions/transaction-queue.ts";

/** Parts that a caller may bring instead of the usual ones. */
export interface ExecutorParts {
  /** Receives the engines of the configuration; returns those that are used. */
  readonly engines?: (configured: readonly Engine[]) => readonly Engine[];
  /** What a seat votes for; usually what its run produced. */
  readonly vote?: VoteStep;
  readonly handlers?: Partial<HandlerTable>;
  /** Asks for the password of the operator's keystore where none is configured. */
  readonly askPassword?: AskPassword;
  /** Sees every journal write, transaction and ballot. */
  readonly observer?: ActObserver;
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
  readonly operations: Operations;
  readonly conditions: Conditions;
  readonly metrics: Metrics;
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
  // Receipts are asked for only by what starts after it.
  let tracker: ChainTracker | undefined;
  const logger = parts.logger ?? createLogger(config.log.level);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const account = await loadOperator(config.key, parts.askPassword);

  const connection = await connectChain({
    ...{ ...chain, chainId: chain.id, logger },
    isCanonical: (number, hash) => tracker?.contains(number, hash),
  });
  closers.add(() => connection.close());
  const { client } = connection;
  const market = await MarketReader.open(client, chain);
  const identity = await identify(market, config, account.address);
  const [endpointOfChain = ""] = chain.endpoints;
  closers.add(await holdKey({ ...identity, endpoint: endpointOfChain }));

  const records = Records.open(join(dataFolder, RECORDS_FILE), { logger });
  closers.add(() => records.close());
  const metrics = new Metrics((id) => journal.transaction(id)?.purpose ?? "unknown");
  const journal: Journal = new Journal(
    join(dataFolder, "journal.sqlite"),
    { chainId: chain.id, market: chain.market, operator: account.address },
    allObservers(
      metrics.observer,
      recordGas(records, () => journal),
      parts.observer,
    ),
  );
  closers.add(() => journal.close());
  catchUpGas(records, journal);
  const noteRefusal = (refusal: Refusal) => {
    // Anybody can ask as an unlisted allocator: that must not push out what is worth remembering.
    if (refusal.code !== "allocator-unlisted") records.addRefusal(refusal);
    metrics.refused(refusal);
  };
  const saltSecret = await loadSaltSecret(
    join(dataFolder, "salt-secret"),
    journal.hasCommitments(),
  );

  const { storage, endpoint } = await openContent(config, closers, logger, (name) =>
    receiptNamed(journal, identity.provider, name),
  );
  const instanceId = await loadInstanceId(join(dataFolder, "instance-id"));
  const configured = await createEngines(config, instanceId, logger, signal, (event) =>
    metrics.cached({ ...event, use: "image" }),
  );
  const attested =
    config.attested && (await openAttested(config.attested, client, identity.provider, storage));
  const logs = new RunLogs(join(dataFolder, "run-logs"), logger);
  const age = await loadRecipient(join(dataFolder, AGE_IDENTITY_FILE));
  logger.info({ code: "private-recipient", recipient: age.recipient }, "Ready for private tasks.");
  const privateTasks = await PrivateTasks.open(join(dataFolder, "private-tasks"));
  const workFolder = join(dataFolder, "work");
  const engines = parts.engines?.(configured.engines) ?? configured.engines;
  const { expectedBps } = config.capacity;
  const { fuelPerSecond = DEFAULT_FUEL_PER_SECOND } = config.policy.pricing ?? {};
  const times = new RunTimes({ expectedBps, fuelPerSecond });
  const cache = await MaterialCache.open({
    folder: join(dataFolder, "cache"),
    maxBytes: config.capacity.cacheBytes,
    isLive: (task) => isUnderWay(journal, task as Hash),
    onEvent: (event) => metrics.cached(event),
    logger,
  });
  const runner = new Runner({
    storage,
    privacy: new PrivateWork({
      ...{ tasks: privateTasks, storage, recipient: age.recipient, wanted: config.policy.private },
      metadata: async () => (await market.provider(identity.provider)).metadata,
    }),
    ...{ engines, engineVersions: configured.versions, identity, workFolder },
    machine: await machineOf(
      { ...config, spareDiskBytes: config.health.minDiskBytes },
      dataFolder,
      engines.map(({ name }) => name),
    ),
    diskBytes: config.capacity.diskBytes,
    ...{ logs, logger, attested, times, cache },
  });
  closers.add(() => runner.close());

  tracker = new ChainTracker({ client, heads: connection, journal, logger, ...chain });
  const head = () => tracker.head ?? NO_BLOCK;
  const gate = new IntakeGate();
  const messenger = await openMessenger({ storage, identity, account, head, logger }, closers);
  const { observer } = parts;
  const ballots = new BallotPost({
    ...{ identity, account, journal, market, messenger, logger, observer },
  });
  const book = new OfferBook(journal, () => head().timestamp);
  const backlog = new Backlog({ config, identity, journal, runner, times, book, head });
  const confirmations = new Confirmations({
    ...{ market, endpoints: connection.count, head, logger },
    witnesses: () => connection.witnesses(),
    confirmations: chain.confirmations,
  });
  const calls = new MarketCalls(chain.market, identity.provider);
  const reachSeats = (providers: readonly number[], until: AbortSignal) =>
    connectSeats(storage, market, providers, until);
  const services: HandlerServices = {
    ...{ config, identity, saltSecret, journal, market, runner, gate, head, noteRefusal },
    books: {
      ran(key, usage) {
        records.ran(key, usage);
        metrics.ran(usage);
      },
    },
    ...{ offers: book, backlog },
    ...(attested && { attested }),
    calls,
    checkpoints: new SeatCheckpoints({
      ...{ identity, storage, journal, market, calls, reachSeats, logger },
      config: config.checkpoints,
      onQueued: () => queue.nudge(),
    }),
    results: new ResultStore(storage, new SealedResults(privateTasks, storage, workFolder)),
    delivery: new DeliveryJudge({
      ...{ storage, market, logger, retryMillis: chain.pollMillis },
      diskBytes: config.capacity.diskBytes,
    }),
    reachSeats,
    ballots,
    receipts: new ReceiptWriter({
      ...{ storage, account, domain: identity, provider: identity.provider },
    }),
    vote: parts.vote ?? ((computed) => computed),
    confirmedReveal: (assignment, request) => confirmations.reveal(assignment, request),
    confirmedEnd: (task) => confirmations.end(task),
  };
  const purse = new Purse({
    ...{ client, operator: account.address, journal, gate, logger },
    ...{ ...config.transactions, ...config.health },
  });
  const queue = new TransactionQueue({
    ...{ client, account, journal, tracker, logger, purse, observer },
    chainId: chain.id,
    confirmations: chain.confirmations,
    ...config.transactions,
    onChange: (transaction) => pool.onTransaction(transaction),
    // Only this process sends with its key, unless another one has it.
    onDisplaced: () => gate.close("foreign-activity"),
  });
  const pool: AssignmentPool = new AssignmentPool({
    ...{ services, logger },
    handlers: { ...HANDLERS, ...parts.handlers },
    onQueued: () => queue.nudge(),
  });
  const { startBlock } = chain;
  // In this order: transactions roll back before assignments look at them.
  tracker.subscribe(purse);
  tracker.subscribe(queue);
  tracker.subscribe(new Intake({ identity, journal, market, pool, gate, logger, startBlock }));
  tracker.subscribe(pool);
  await ballots.serve((task) => pool.wake(task));
  const desk = new ProgressDesk({ identity, journal, logs, confirmations, ...config.progress });
  await desk.serve(messenger);
  const refusalDesk = new RefusalDesk({ identity, records, journal, pool, dataFolder });
  await refusalDesk.serve(messenger);
  const privateDesk = new PrivateDesk({
    ...{ identity, journal, logger, tasks: privateTasks, ageIdentity: age.identity },
    onKey: (task) => pool.wake(task),
  });
  await privateDesk.serve(messenger);
  const offers = await openOffers({
    ...{ config, identity, account, journal, market, runner, gate, book, backlog, head, logger },
    ...{ messenger, endpoint, noteRefusal },
  });
  tracker.subscribe(offers.desk);
  const conditions = new Conditions({
    ...{ config, gate, logger, purse },
    onLowDisk: async () => {
      await cache.trim(0);
      for (const engine of configured.configured) await engine.trim?.();
    },
    engines: configured.configured,
    working: runner.engines,
  });
  const operations = new Operations({
    ...{ services, pool, tracker, backlog, cache, records, conditions, connection, queue, logger },
  });
  metrics.show(operations.metricsSource());
  const collector = new Collector({ journal, storage, logger });
  return {
    ...{ config, identity, endpoint, services, tracker, queue, pool, closers, logger },
    ...{ operations, conditions, metrics },
    loops: [tracker, queue, purse, conditions, collector, ...offers.loops],
  };
}

/** Whether a task may still be run here, or be promised to an allocator. */
function isUnderWay(journal: Journal, task: Hash): boolean {
  const open = journal.assignmentsOf(task).some(({ state }) => state !== "released");
  return open || journal.offer(task) !== undefined;
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

/** Its verifiers of evidence take 16 MB, which most executors do without. */
async function openAttested(...asked: Parameters<typeof OpenAttestedSeats>) {
  const { openAttestedSeats } = await import("./attested/attested-seats.ts");
  return await openAttestedSeats(...asked);
}
