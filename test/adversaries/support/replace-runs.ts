import type { ExecutorParts, PreparedProgram } from "@deco-network/executor";

/**
 * The engines of the configuration, but for what they compute: `run` takes the place of every run,
 * and no artefact is even looked at.
 */
export function replaceRuns(
  run: PreparedProgram["run"],
): NonNullable<Required<ExecutorParts>["engines"]> {
  return (configured) =>
    configured.map((engine) => ({
      name: engine.name,
      probe: (signal) => engine.probe(signal),
      prepare: async () => ({ run, close: async () => undefined }),
    }));
}

/** What a run reports that used nothing. */
export const NOTHING_USED = { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 } as const;
