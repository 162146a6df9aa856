import { freeBytes } from "../capacity/machine-of.ts";
import type { ExecutorConfig } from "../config/schema.ts";
import type { Engine } from "../engines/engine.ts";
import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import type { Service } from "../runtime/supervise.ts";
import type { GateReason, IntakeGate } from "../services/intake-gate.ts";
import type { Purse } from "../transactions/purse.ts";

export interface ConditionsOptions {
  readonly config: Pick<ExecutorConfig, "dataFolder" | "health">;
  /** Watches the gas money by itself. */
  readonly purse: Pick<Purse, "status">;
  /** Every configured engine. */
  readonly engines: readonly Engine[];
  /** Names of those that answered when they were made. */
  readonly working: readonly string[];
  /** Gives back what is only kept for later. */
  readonly onLowDisk: () => Promise<void>;
  readonly gate: IntakeGate;
  readonly logger: Logger;
}

/** What was found at the last look; absent: not known yet. */
export interface ConditionsView {
  readonly diskFreeBytes?: number;
  readonly balanceWei?: bigint;
  readonly balanceNeededWei?: bigint;
  readonly engines: Readonly<Record<string, boolean>>;
}

/**
 * Looks now and then at what a seat depends on beside the chain and gas money: disk, engines. Too little disk closes
 * intake until there is enough again: a seat that cannot be served costs stake.
 */
export class Conditions implements Service {
  readonly name = "conditions";
  readonly #options: ConditionsOptions;
  #disk: number | undefined;
  readonly #engines: Map<string, boolean>;
  #probedAt = performance.now();

  constructor(options: ConditionsOptions) {
    this.#options = options;
    const { engines, working } = options;
    this.#engines = new Map(engines.map(({ name }) => [name, working.includes(name)]));
  }

  get view(): ConditionsView {
    const { balance, needed } = this.#options.purse.status;
    return {
      ...(this.#disk !== undefined && { diskFreeBytes: this.#disk }),
      ...(balance !== undefined && { balanceWei: balance }),
      ...(needed !== undefined && { balanceNeededWei: needed }),
      engines: Object.fromEntries(this.#engines),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#options.config.health.everyMillis, signal).catch(() => undefined);
      if (!signal.aborted) await this.check(signal);
    }
  }

  /** One look. What cannot be seen leaves what is known as it is: the chain's silence shows elsewhere. */
  async check(signal: AbortSignal): Promise<void> {
    const { config, logger } = this.#options;
    for (const look of [this.#checkDisk, this.#checkEngines]) {
      try {
        await look.call(this, signal);
      } catch (err) {
        if (signal.aborted) return;
        logger.warn({ code: "condition-unknown", err }, "A condition could not be looked at.");
      }
    }
    const { minDiskBytes } = config.health;
    this.#close("disk-low", this.#disk !== undefined && this.#disk < minDiskBytes);
  }

  async #checkDisk(): Promise<void> {
    const { config, onLowDisk } = this.#options;
    this.#disk = await freeBytes(config.dataFolder);
    if (this.#disk >= config.health.minDiskBytes) return;
    await onLowDisk();
    this.#disk = await freeBytes(config.dataFolder);
  }

  async #checkEngines(signal: AbortSignal): Promise<void> {
    const { engines, config, logger } = this.#options;
    if (performance.now() - this.#probedAt < config.health.enginesEveryMillis) return;
    this.#probedAt = performance.now();
    for (const engine of engines) {
      const probe = await engine.probe(signal);
      const before = this.#engines.get(engine.name);
      this.#engines.set(engine.name, probe.available);
      if (before === true && !probe.available) {
        const { reason, remedy } = probe;
        logger.error(
          { code: "engine-lost", engine: engine.name, reason, remedy },
          "An engine fails.",
        );
      }
    }
  }

  #close(reason: GateReason, closed: boolean): void {
    const { gate, logger } = this.#options;
    if (closed === gate.reasons.includes(reason)) return;
    if (closed) gate.close(reason);
    else gate.lift(reason);
    const { engines: _engines, ...found } = this.view;
    if (closed)
      logger.error({ code: "intake-closed", reason, ...shown(found) }, "No seats are taken.");
    else
      logger.info({ code: "intake-reopened", reason }, "What kept seats from being taken is over.");
  }
}

function shown(view: Omit<ConditionsView, "engines">): Record<string, string> {
  return Object.fromEntries(Object.entries(view).map(([name, value]) => [name, String(value)]));
}
