import { readFile } from "node:fs/promises";

import { MortalProcess } from "../../../../test/support/crash/mortal-process.ts";
import { type Act, type Engine, parseConfig, startExecutor } from "../../src/index.ts";
import { nameOfAct } from "./points.ts";

/**
 * An executor process that ends like a power cut at the point that it was told. Arguments: the configuration's
 * file, "run", "abstain" (an engine that never gives a result), "changing" (one that gives another in every process) or "stuck"
 * (one that never ends by itself), and a point. It tells every move, too.
 */
const [file = "", mode = "run"] = process.argv.slice(2);
const config = parseConfig(JSON.parse(await readFile(file, "utf8")));
// Stopping is legal while starting, too: from here to the start nothing is awaited.
const stopping = new AbortController();
const mortal = new MortalProcess(async () => await executor.then((running) => running.stop()));

function tellMoves(act: Act): void {
  if (act.kind !== "write") return;
  for (const transition of act.transitions) {
    if (transition.kind !== "assignment-moved") continue;
    mortal.say({ task: transition.key.task, state: transition.to, reason: transition.reason });
  }
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

const changing = (engine: Engine): Engine => ({
  ...engine,
  name: engine.name,
  probe: (signal) => engine.probe(signal),
  async prepare(spec, signal) {
    const prepared = await engine.prepare(spec, signal);
    return {
      async run(run, until) {
        const execution = await prepared.run(run, until);
        if (execution.kind !== "completed") return execution;
        return { ...execution, stdout: Buffer.from(`process ${process.pid}`) };
      },
      close: () => prepared.close(),
    };
  },
});

const stuck = (engine: Engine): Engine => ({
  ...engine,
  name: engine.name,
  probe: (signal) => engine.probe(signal),
  prepare: async () => ({
    run: (_run, until) =>
      new Promise((_, reject) => {
        const stop = () => reject(until.reason);
        if (until.aborted) stop();
        else until.addEventListener("abort", stop, { once: true });
      }),
    close: async () => undefined,
  }),
});

const executor = startExecutor(
  config,
  {
    observer: mortal.observer(nameOfAct, tellMoves),
    ...(mode === "abstain" && { engines: (engines) => engines.map(abstaining) }),
    ...(mode === "changing" && { engines: (engines) => engines.map(changing) }),
    ...(mode === "stuck" && { engines: (engines) => engines.map(stuck) }),
  },
  stopping.signal,
);

mortal.say({ endpoint: (await executor).endpoint });
