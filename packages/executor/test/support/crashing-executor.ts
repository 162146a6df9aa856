import { readFile } from "node:fs/promises";

import {
  type AssignmentState,
  type Engine,
  parseConfig,
  startExecutor,
  type Transition,
} from "../../src/index.ts";

/**
 * An executor process that ends like a power cut: the moment the journal has a new task in the
 * given state, it kills itself. Arguments: configuration file, state (or "never"), and optionally
 * "abstain" for an engine that never gives a result.
 */
const [file = "", state = "never", mode = "run"] = process.argv.slice(2);
const fresh = new Set<string>();

function reached(transition: Transition, wanted: AssignmentState | "never"): boolean {
  if (transition.kind === "assignment-opened") {
    fresh.add(transition.key.task);
    return wanted === "discovered";
  }
  // Tasks of an earlier life are only continued.
  if (transition.kind !== "assignment-moved" || !fresh.has(transition.key.task)) return false;
  return transition.to === wanted;
}

const abstaining = (engine: Engine): Engine => ({
  ...engine,
  name: engine.name,
  probe: (signal) => engine.probe(signal),
  prepare: async () => ({
    run: async () => ({
      kind: "abstained",
      reason: "killed",
      detail: "asked to",
      measurements: { wallMillis: 0, cpuMillis: 0, peakMemoryBytes: 0 },
    }),
    close: async () => undefined,
  }),
});

const executor = await startExecutor(parseConfig(JSON.parse(await readFile(file, "utf8"))), {
  journalObserver: {
    after(transitions) {
      if (transitions.some((transition) => reached(transition, state as AssignmentState))) {
        process.kill(process.pid, "SIGKILL");
      }
    },
  },
  ...(mode === "abstain" && { engines: (engines) => engines.map(abstaining) }),
});
process.stdout.write(`${JSON.stringify({ endpoint: executor.endpoint })}\n`);
process.stdin.on("end", () => void executor.stop().then(() => process.exit(0))).resume();
