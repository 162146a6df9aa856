import { readFile } from "node:fs/promises";
import { GuestThread } from "../../../../src/engines/wasm/run/guest-thread.ts";

/**
 * A process of its own, since compilers are chosen for whole processes: runs each module twice
 * in one thread and prints, as JSON, how the runs ended.
 * Arguments: stack units, megabytes of native stack, modules.
 */
const [units, mebibytes, ...modules] = process.argv.slice(2) as [string, string, ...string[]];
const { signal } = new AbortController();
const WAIT_MILLIS = 60_000;

const ends: string[][] = [];
for (const path of modules) {
  const limits = {
    fuel: 10n ** 12n,
    stackUnits: Number(units),
    memoryBytes: 2 ** 22,
    outputBytes: 0,
    stdoutBytes: 0,
  };
  const task = {
    moduleDigest: new Uint8Array(32),
    args: [],
    environment: {},
    input: { buffer: new SharedArrayBuffer(0), files: [] },
    limits,
  };
  const thread = new GuestThread(Number(mebibytes));
  await thread.wait(WAIT_MILLIS, signal);
  thread.request({ kind: "compile", bytes: await readFile(path), limits });
  const compiled = await thread.wait(WAIT_MILLIS, signal);
  if (compiled.kind !== "reply" || compiled.reply.kind !== "compiled") {
    throw new RangeError(`not compiled: ${JSON.stringify(compiled)}`);
  }
  const { module } = compiled.reply;
  const own: string[] = [];
  for (let round = 0; round < 2; round++) {
    thread.request({ kind: "run", task, module, run: { outputFolder: "/nowhere" } });
    const event = await thread.wait(WAIT_MILLIS, signal);
    if (event.kind !== "reply") own.push(event.kind);
    else if (event.reply.kind !== "finished") own.push(event.reply.kind);
    else own.push(`${event.reply.outcome.fault} after ${event.reply.outcome.fuelUsed}`);
  }
  await thread.terminate();
  ends.push(own);
}
process.stdout.write(JSON.stringify(ends));
