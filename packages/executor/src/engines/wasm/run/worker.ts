import { parentPort } from "node:worker_threads";
import { WASI_IMPORTS } from "../host/wasi-imports.ts";
import { meterModule } from "../module/meter-module.ts";
import { ModuleRefused } from "../module/refusal.ts";
import type { CheckpointNews, WorkerReply, WorkerRequest } from "./messages.ts";
import { runOnce } from "./run-once.ts";

/** Entry point of the thread in which modules are compiled and guests run, one request after the other. */
function main(): void {
  if (parentPort === null) return;
  const port = parentPort;
  const reply = (message: WorkerReply | CheckpointNews) => port.postMessage(message);
  port.on("message", (request: WorkerRequest) => {
    try {
      reply(answer(request, reply));
    } catch (error) {
      reply({ kind: "host-failed", detail: String(error) });
    }
  });
  reply({ kind: "started" });
}

function answer(request: WorkerRequest, tell: (news: CheckpointNews) => void): WorkerReply {
  if (request.kind === "run") {
    const { module, task, run } = request;
    return { kind: "finished", outcome: runOnce(module, task, run, tell) };
  }
  try {
    const metered = meterModule(request.bytes, WASI_IMPORTS, request.limits) as BufferSource;
    return { kind: "compiled", module: new WebAssembly.Module(metered) };
  } catch (error) {
    if (!(error instanceof ModuleRefused)) throw error;
    const { code, message, remedy } = error;
    return { kind: "refused", code, detail: message, remedy };
  }
}

main();
