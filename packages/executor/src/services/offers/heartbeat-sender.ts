import { type FreeResources, heartbeats, type Messenger } from "@deco-network/p2p";

import type { ExecutorConfig } from "../../config/schema.ts";
import type { Logger } from "../../runtime/logger.ts";
import { sleep } from "../../runtime/sleep.ts";
import type { Service } from "../../runtime/supervise.ts";
import type { Backlog } from "../backlog.ts";
import type { IntakeGate } from "../intake-gate.ts";
import type { Runner } from "../runner.ts";
import type { OfferBook } from "./offer-book.ts";

export interface HeartbeatOptions {
  readonly config: Pick<ExecutorConfig, "allocators" | "capacity" | "offers">;
  readonly provider: number;
  /** This node's multiaddrs with `/p2p/<peer id>`. */
  readonly endpoints: readonly string[];
  readonly messenger: Pick<Messenger, "ask">;
  readonly runner: Pick<Runner, "engines">;
  readonly backlog: Pick<Backlog, "spare">;
  readonly book: Pick<OfferBook, "occupied">;
  readonly gate: Pick<IntakeGate, "open">;
  readonly logger: Pick<Logger, "debug">;
}

/** Pause between two looks at what is free: allocators go by it, and give no seats where there is no room. */
const LOOK_MILLIS = 1_000;

/** Tells the listed allocators whose nodes are known where this executor is and what it has free. */
export class HeartbeatSender implements Service {
  readonly name = "heartbeats";
  readonly #options: HeartbeatOptions;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { gate } = this.#options;
    while (!signal.aborted) {
      const free = this.#free();
      // A silent executor is not asked; one that is closed for seats need not be.
      if (gate.open) await this.#beat(free, signal);
      await this.#untilDue(free, signal).catch(() => undefined);
    }
  }

  /** Waits for the next heartbeat, which is soon where what was told is not so any more. */
  async #untilDue(told: FreeResources, signal: AbortSignal): Promise<void> {
    const { heartbeatMillis } = this.#options.config.offers;
    const text = JSON.stringify(told);
    for (let left = heartbeatMillis; left > 0; left -= LOOK_MILLIS) {
      await sleep(Math.min(left, LOOK_MILLIS), signal);
      if (JSON.stringify(this.#free()) !== text) return;
    }
  }

  async #beat(free: FreeResources, signal: AbortSignal): Promise<void> {
    const { config, provider, endpoints, messenger, runner, logger } = this.#options;
    const body = { provider, endpoints: endpoints.slice(0, 8), free, engines: runner.engines };
    await Promise.all(
      config.allocators.map(async ({ address, endpoints: known }) => {
        if (known.length === 0) return;
        try {
          await messenger.ask(heartbeats, { address, endpoints: known }, body, { signal });
        } catch (err) {
          // It is told again soon; the allocator may be restarting.
          if (signal.aborted) return;
          logger.debug({ code: "heartbeat-unheard", allocator: address, err }, "No answer.");
        }
      }),
    );
  }

  #free(): FreeResources {
    const { config, book, backlog } = this.#options;
    const tasks = Math.max(0, config.capacity.tasks - book.occupied());
    const { accelerators, ...rest } = backlog.spare();
    return {
      ...{ tasks, ...rest },
      accelerators: accelerators.map(({ name, devices, memoryBytes }) => ({
        ...{ name, count: devices.length },
        ...(memoryBytes !== undefined && { memoryBytes }),
      })),
    };
  }
}
