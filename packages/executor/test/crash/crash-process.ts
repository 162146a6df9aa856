import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import { type Act, type Engine, parseConfig, startExecutor } from "../../src/index.ts";
import { nameOfAct, type Point } from "./points.ts";

/**
 * An executor process that ends like a power cut at the point that it was told. Arguments: the configuration's
 * file, "run", "abstain" (an engine that never gives a result), "changing" (one that gives another in every process) or "stuck" (one that
 * never ends by itself), and optionally a point. Lines on standard input
 * tell a new point ({"arm": …}) or to stop ({"stop": true}); lines on standard output tell every point and move.
 */
const [file = "", mode = "run", first] = process.argv.slice(2);
let armed: string | undefined = first;

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function reached(point: Point): void {
  say({ point });
  if (point === armed) process.kill(process.pid, "SIGKILL");
}

function tellMoves(act: Act): void {
  if (act.kind !== "write") return;
  for (const transition of act.transitions) {
    if (transition.kind !== "assignment-moved") continue;
    say({ task: transition.key.task, state: transition.to, reason: transition.reason });
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

// Stopping is legal while starting, too.
const stopping = new AbortController();
const executor = startExecutor(
  parseConfig(JSON.parse(await readFile(file, "utf8"))),
  {
    observer: {
      before: (act) => reached(`before ${nameOfAct(act)}`),
      after(act) {
        tellMoves(act);
        reached(`after ${nameOfAct(act)}`);
      },
    },
    ...(mode === "abstain" && { engines: (engines) => engines.map(abstaining) }),
    ...(mode === "changing" && { engines: (engines) => engines.map(changing) }),
    ...(mode === "stuck" && { engines: (engines) => engines.map(stuck) }),
  },
  stopping.signal,
);
createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line) as { arm?: string; stop?: true };
  if (order.arm !== undefined) {
    armed = order.arm;
    say({ armed });
  }
  if (order.stop) void stop();
});
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));

async function stop(): Promise<never> {
  await executor.then((running) => running.stop());
  process.exit(0);
}

say({ endpoint: (await executor).endpoint });
