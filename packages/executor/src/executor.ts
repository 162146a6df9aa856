import type { ProviderIdentity } from "./assignments/context.ts";
import { BOUND_STATES } from "./assignments/states.ts";
import { type Composition, compose, type ExecutorParts, OPEN_STATES } from "./composition-root.ts";
import type { ExecutorConfig } from "./config/schema.ts";
import { abortedError } from "./errors.ts";
import { newControlToken, writeControlFile } from "./http/control-file.ts";
import { startControlServer } from "./http/control-server.ts";
import { startStatusServer } from "./http/status-server.ts";
import type { Operations } from "./operations/operations.ts";
import type { Logger } from "./runtime/logger.ts";
import { sleep } from "./runtime/sleep.ts";
import { supervise } from "./runtime/supervise.ts";
import { publishEndpoint } from "./services/endpoint-publisher.ts";

/** A running provider daemon. */
export interface Executor {
  readonly identity: ProviderIdentity;
  /** As described on-chain. */
  readonly endpoint: string;
  /** Base URL of `/healthz`, `/readyz` and `/metrics`. */
  readonly status: string;
  /**
   * Takes no new seats, waits for open commitments and reveals at most `timing.drain` seconds (or
   * until the signal ends the wait), then stops. Idempotent; what is left continues at the next
   * start.
   */
  stop(hurry?: AbortSignal): Promise<void>;
}

const POLL_MILLIS = 50;

/**
 * Starts the daemon: continues what the journal holds, then takes new seats.
 * @throws ExecutorError, StorageError: what keeps it from starting
 */
export async function startExecutor(
  config: ExecutorConfig,
  parts: ExecutorParts = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Executor> {
  const composition = await compose(config, parts, signal);
  const stopping = new AbortController();
  const loops = composition.loops.map((loop) =>
    supervise(loop, composition.logger, stopping.signal),
  );
  let stopped: Promise<void> | undefined;
  const stop = (hurry?: AbortSignal) => {
    stopped ??= shutDown(composition, loops, stopping, hurry);
    return stopped;
  };
  try {
    composition.services.gate.close("starting");
    const status = await serveStatus(composition);
    await until(() => composition.tracker.head !== undefined, signal);
    const { journal } = composition.services;
    composition.pool.start(journal.assignmentsIn(OPEN_STATES), stopping.signal);
    await composition.conditions.check(signal);
    await describeEndpoint(composition, signal);
    composition.services.gate.lift("starting");
    const { identity, endpoint, logger, operations } = composition;
    const { problems } = operations.readiness();
    for (const { code: problem, means, remedy } of problems) {
      logger.warn({ code: "not-ready", problem, means, remedy }, "No seats are taken.");
    }
    logger.info({ code: "executor-ready", ...identity, endpoint, status }, "Ready for tasks.");
    return { identity, endpoint, status, stop };
  } catch (error) {
    await stop(AbortSignal.abort());
    throw error;
  }
}

/** Requesters find this executor by its described endpoint, so it comes before the first seat. */
async function describeEndpoint(composition: Composition, signal: AbortSignal): Promise<void> {
  const { services, queue, identity, endpoint, logger } = composition;
  const { journal } = services;
  const queued = await publishEndpoint(endpoint, {
    ...{ ...services, logger },
    provider: identity.provider,
    onQueued: () => queue.nudge(),
  });
  if (!queued) return;
  await until(() => {
    const status = journal.latestTransaction("describe", undefined)?.status;
    return status !== "queued" && status !== "sent";
  }, signal);
}

/** Both answer from before the chain is followed until everything else is closed. */
async function serveStatus(composition: Composition): Promise<string> {
  const { config, metrics, operations, closers, identity, endpoint, logger } = composition;
  const { registry } = metrics;
  const status = await startStatusServer(
    {
      health: () => operations.health(),
      readiness: () => ({ ...operations.readiness(), provider: identity.provider }),
      metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    },
    config.status,
  );
  closers.add(() => status.close());
  const token = newControlToken();
  const control = await startControlServer({
    ...{ operations, endpoint, token, logger },
    port: config.control.port,
  });
  closers.add(() => control.close());
  const { provider } = identity;
  const file = { url: control.url, token, status: status.url, pid: process.pid, provider };
  closers.add(await writeControlFile(config.dataFolder, file));
  return status.url;
}

async function shutDown(
  { services, pool, operations, closers, config, logger }: Composition,
  loops: readonly Promise<void>[],
  stopping: AbortController,
  hurry: AbortSignal | undefined,
): Promise<void> {
  operations.stop();
  const grace = AbortSignal.timeout(config.timing.drain * 1_000);
  const enough = hurry ? AbortSignal.any([grace, hurry]) : grace;
  const { journal, offers } = services;
  // An offer that is out may still become a seat.
  const drained = () => journal.countIn(BOUND_STATES) === 0 && offers.occupied() === 0;
  if (!drained()) await tellDuties(operations, logger);
  await until(drained, enough).catch(() => undefined);
  if (!drained()) {
    const open = Math.max(journal.countIn(BOUND_STATES), offers.occupied());
    logger.warn({ code: "stopped-with-duties", open }, "Open seats wait for the next start.");
  }
  stopping.abort();
  await Promise.all([pool.stopped(), ...loops]);
  for (const err of await closers.closeAll()) {
    logger.error({ code: "close-failed", err }, "A part did not close cleanly.");
  }
  logger.info({ code: "executor-stopped" }, "Stopped.");
}

async function tellDuties(operations: Operations, logger: Logger): Promise<void> {
  try {
    const { seats, promised, freeBy } = await operations.drainEstimate();
    logger.info(
      { code: "executor-stopping", seats: seats.length, promised, freeBy },
      "Open commitments are finished first; a second signal does not wait.",
    );
  } catch (err) {
    logger.warn({ code: "drain-unknown", err }, "When the last lock is free is not known.");
  }
}

/** @throws ExecutorError `aborted` */
async function until(condition: () => boolean, signal: AbortSignal): Promise<void> {
  while (!condition()) {
    if (signal.aborted) throw abortedError(signal);
    await sleep(POLL_MILLIS, signal);
  }
}
