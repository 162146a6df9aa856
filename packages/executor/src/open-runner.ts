import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Storage } from "@deco-network/storage";

import { machineOf } from "./capacity/machine-of.ts";
import { DEFAULT_FUEL_PER_SECOND, RunTimes } from "./capacity/run-times.ts";
import { executorConfigSchema } from "./config/schema.ts";
import { createEngines, type EngineChoice } from "./create-engines.ts";
import { loadInstanceId } from "./identity/load-instance-id.ts";
import type { Logger } from "./runtime/logger.ts";
import { Runner } from "./services/runner.ts";

export interface OpenRunnerOptions {
  /** Where programs and inputs come from; results are staged in it. */
  readonly storage: Storage;
  /** Holds work under way and what names this instance in a container engine. */
  readonly folder: string;
  /** As in an executor's configuration; absent parts have its defaults. */
  readonly engines?: Parameters<typeof executorConfigSchema.shape.engines.parse>[0];
  readonly capacity?: Parameters<typeof executorConfigSchema.shape.capacity.parse>[0];
  readonly logger: Logger;
}

/**
 * Runs tasks' programs as an executor does, in the same sandboxes, for somebody who holds no seat.
 * @throws ExecutorError, ZodError: what keeps engines from starting
 */
export async function openRunner(options: OpenRunnerOptions, signal: AbortSignal): Promise<Runner> {
  const { storage, folder, logger } = options;
  const { engines, capacity } = executorConfigSchema.shape;
  const choice: EngineChoice = {
    engines: engines.parse(options.engines),
    // Who runs a task now and then has no use for old images.
    capacity: capacity.parse({ imageCacheBytes: 0, ...(options.capacity ?? {}) }),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const instanceId = await loadInstanceId(join(folder, "instance-id"));
  const created = await createEngines(choice, instanceId, logger, signal);
  return new Runner({
    ...{ storage, logger, engines: created.engines, engineVersions: created.versions },
    machine: await machineOf(
      { ...choice, spareDiskBytes: 0 },
      folder,
      created.engines.map(({ name }) => name),
    ),
    diskBytes: choice.capacity.diskBytes,
    times: new RunTimes({
      expectedBps: choice.capacity.expectedBps,
      fuelPerSecond: DEFAULT_FUEL_PER_SECOND,
    }),
    workFolder: join(folder, "work"),
  });
}
