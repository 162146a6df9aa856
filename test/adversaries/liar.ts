/**
 * A colluding provider: takes seats like any other, runs nothing, and votes for a result on which
 * all liars have agreed beforehand. Everything but its engines is the shipped executor.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runExecutor } from "@deco-network/executor/run";
import type { Engine, Execution, PreparedProgram, RunSpec } from "@deco-network/executor";

const LIE = new TextEncoder().encode("a result that liars agreed on\n");

await runExecutor({ engines: (configured) => configured.map(lying) });

/** The engine that is asked for, but for what it computes. */
function lying(engine: Engine): Engine {
  return {
    name: engine.name,
    probe: (signal) => engine.probe(signal),
    prepare: async (): Promise<PreparedProgram> => ({ run: lie, close: async () => undefined }),
  };
}

async function lie({ outputFolder }: RunSpec): Promise<Execution> {
  await writeFile(join(outputFolder, "lie.txt"), LIE);
  const none = new Uint8Array();
  return {
    kind: "completed",
    exitCode: 0,
    stdout: none,
    stderr: none,
    outputBytes: LIE.length,
    measurements: { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 },
  };
}
