import { heartbeats, type Messenger } from "@deco-network/p2p";

import type { ExecutorConfig } from "../../config/schema.ts";
import type { Logger } from "../../runtime/logger.ts";
import { sleep } from "../../runtime/sleep.ts";
import type { Service } from "../../runtime/supervise.ts";
import type { IntakeGate } from "../intake-gate.ts";
import type { Runner } from "../runner.ts";
import type { OfferBook } from "./offer-book.ts";

export interface HeartbeatOptions {
  readonly config: ExecutorConfig;
  readonly provider: number;
  /** This node's multiaddrs with `/p2p/<peer id>`. */
  readonly endpoints: readonly string[];
  readonly messenger: Messenger;
  readonly runner: Runner;
  readonly book: OfferBook;
  readonly gate: IntakeGate;
  readonly logger: Logger;
}

/** Tells the listed allocators whose nodes are known where this executor is and what it has free. */
export class HeartbeatSender implements Service {
  readonly name = "heartbeats";
  readonly #options: HeartbeatOptions;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { config, gate } = this.#options;
    while (!signal.aborted) {
      // A silent executor is not asked; one that is closed for seats need not be.
      if (gate.open) await this.#beat(signal);
      await sleep(config.offers.heartbeatMillis, signal).catch(() => undefined);
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { config, messenger, logger } = this.#options;
    const body = this.#body();
    await Promise.all(
      config.allocators.map(async ({ address, endpoints }) => {
        if (endpoints.length === 0) return;
        try {
          await messenger.ask(heartbeats, { address, endpoints }, body, { signal });
        } catch (err) {
          // It is told again soon; the allocator may be restarting.
          if (signal.aborted) return;
          logger.debug({ code: "heartbeat-unheard", allocator: address, err }, "No answer.");
        }
      }),
    );
  }

  #body() {
    const { config, provider, endpoints, runner, book } = this.#options;
    const tasks = Math.max(0, config.capacity.tasks - book.occupied());
    const { accelerators, ...rest } = runner.free();
    const free = {
      ...{ tasks, ...rest },
      accelerators: accelerators.map(({ name, devices, memoryBytes }) => ({
        ...{ name, count: devices.length },
        ...(memoryBytes !== undefined && { memoryBytes }),
      })),
    };
    return { provider, endpoints: endpoints.slice(0, 8), free, engines: runner.engines };
  }
}
