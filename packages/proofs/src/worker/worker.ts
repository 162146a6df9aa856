import { parentPort, workerData } from "node:worker_threads";
import { curves, groth16, plonk, wtns } from "snarkjs";

import type { Answer, Job } from "./messages.ts";

const job = workerData as Job;
// snarkjs takes a curve that is there already; its own would start threads, which a worker may not.
Object.assign(globalThis, {
  curve_bn128: await curves.getCurveFromName("bn128", { singleThread: true }),
});
// Its PLONK reports through a logger without asking whether there is one.
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const system = job.system === "groth16" ? groth16 : plonk;

parentPort?.postMessage(await answer());

async function answer(): Promise<Answer> {
  if (job.kind === "verify") {
    try {
      const valid = await system.verify(job.key, job.signals, job.proof, silent);
      return { kind: "verified", valid };
    } catch (error) {
      return { kind: "failed", step: "proof", detail: String(error) };
    }
  }
  const witness = { type: "mem" } as { type: "mem"; data?: Uint8Array };
  try {
    await wtns.calculate(job.signals, bytesOf(job.witness), witness);
  } catch (error) {
    return { kind: "failed", step: "witness", detail: String(error) };
  }
  if (job.kind === "witness") {
    const [, input = 0n, output = 0n] = await wtns.exportJson(witness);
    return { kind: "witnessed", signals: [String(input), String(output)] };
  }
  try {
    // A thread of its own already: more would take other tasks' cores.
    const key = bytesOf(job.provingKey);
    const made = await system.prove(key, witness, undefined, { singleThread: true });
    return { kind: "proven", proof: made.proof, signals: made.publicSignals };
  } catch (error) {
    return { kind: "failed", step: "proof", detail: String(error) };
  }
}

/** Of this thread's own: snarkjs reads views that shared memory does not allow. */
function bytesOf(shared: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(shared).slice();
}
