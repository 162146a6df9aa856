import type { Logger } from "./logger.ts";
import { sleep } from "./sleep.ts";

/** A loop of the daemon; it returns when its signal is aborted and throws when it cannot go on. */
export interface Service {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

const FIRST_BACKOFF_MILLIS = 250;
const LONGEST_BACKOFF_MILLIS = 30_000;
/** A service that ran this long before it failed starts again at the first backoff. */
const HEALTHY_MILLIS = 60_000;

/** Runs a service until the signal is aborted, starting it again with growing pauses. */
export async function supervise(
  service: Service,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let backoff = FIRST_BACKOFF_MILLIS;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      await service.run(signal);
      if (signal.aborted) return;
      logger.error({ code: "service-ended", service: service.name }, "A service ended by itself.");
    } catch (error) {
      if (signal.aborted) return;
      logger.error(
        { code: "service-crashed", service: service.name, err: error },
        "A service crashed and is started again.",
      );
    }
    if (performance.now() - startedAt > HEALTHY_MILLIS) backoff = FIRST_BACKOFF_MILLIS;
    await sleep(backoff, signal).catch(() => undefined);
    backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MILLIS);
  }
}
