import type { Storage } from "@deco-network/storage";

import { BOUND_STATES } from "../assignments/states.ts";
import type { Journal } from "../journal/journal.ts";
import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import type { Service } from "../runtime/supervise.ts";

export interface CollectorOptions {
  readonly journal: Journal;
  readonly storage: Storage;
  readonly logger: Logger;
}

const EVERY_MILLIS = 3_600_000;
/** Released assignments are remembered this long, for the operator's questions. */
const REMEMBER_MILLIS = 7 * 86_400_000;

/** Forgets what is long over and frees its blocks. */
export class Collector implements Service {
  readonly name = "collector";
  readonly #options: CollectorOptions;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(EVERY_MILLIS, signal).catch(() => undefined);
      if (!signal.aborted) await this.collect(signal);
    }
  }

  async collect(signal: AbortSignal): Promise<void> {
    const { journal, storage, logger } = this.#options;
    const before = Date.now() - REMEMBER_MILLIS;
    for (const { key, updatedAt } of journal.assignmentsIn(["released"])) {
      if (updatedAt < before) journal.record({ kind: "assignment-forgotten", key });
    }
    journal.record({ kind: "offers-forgotten", before: Math.floor(before / 1_000) });
    // Inputs of live tasks are fetched blocks that nothing pins.
    if (journal.countIn(["validating", "eligible", ...BOUND_STATES]) > 0) return;
    const { removedBlocks, removedBytes } = await storage.collectGarbage({ signal });
    logger.info({ code: "collected", removedBlocks, removedBytes }, "Unused blocks were removed.");
  }
}
